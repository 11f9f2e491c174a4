# MoNDE Playground. `make help` lists what there is to do.
#
# One set of Go flags everywhere: other flags would compile every dependency again.
SHELL := /bin/bash
GO := go
export GOFLAGS := -trimpath
STRIP := -ldflags=-s\ -w
WASM := GOOS=js GOARCH=wasm
# The page's build inlines only the simulator and what its hot loops call: 7 % less
# over the wire for 10 % more time (docs/decisions.md).
SMALL := -gcflags=all=-l $(patsubst %,-gcflags=%=,$(addprefix monde/core/,dram device des unit rng detmath policy) slices cmp math/...)
WASM_EXEC := $(shell $(GO) env GOROOT)/lib/wasm/go_js_wasm_exec
PUBLIC := static/public
ADDR ?= :8080

.PHONY: help run build test check bench clean generate browser node golden wasm e2e unit

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: build ## build everything and serve the playground at http://localhost:8080
	./bin/monde serve --addr $(ADDR) --static static/dist

build: bin/monde static/dist/index.html ## build the program and the page

bin/monde: $(shell find core backend -name '*.go' -o -name '*.bin' -o -name '*.csv') go.mod go.sum
	$(GO) build $(STRIP) -o $@ ./backend

# The page: the simulator as WASM, the traces and the comparison with measurements
# that it fetches when asked to, then what Vite makes of web/.
static/dist/index.html: $(PUBLIC)/monde.wasm $(PUBLIC)/monde-full.wasm $(PUBLIC)/wasm_exec.js $(PUBLIC)/validation.json web/node_modules/.ok \
		$(shell find web/src web/scripts static/index.html static/css static/icons web/*.ts web/*.json -type f 2>/dev/null)
	cd web && npm run --silent build

$(PUBLIC)/monde.wasm: $(shell find core wasm -name '*.go' -o -name '*.bin') go.mod go.sum
	@mkdir -p $(PUBLIC)/traces
	$(WASM) $(GO) build -tags light $(STRIP) $(SMALL) -o $@ ./wasm
	cp $(filter-out %/tables.bin,$(wildcard core/workload/data/*.bin)) $(PUBLIC)/traces/

# All of core: with searches, and memories clock by clock. The page fetches it when
# somebody asks for either.
$(PUBLIC)/monde-full.wasm: $(PUBLIC)/monde.wasm
	$(WASM) $(GO) build $(STRIP) $(SMALL) -o $@ ./wasm

$(PUBLIC)/wasm_exec.js: $(PUBLIC)/monde.wasm
	cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" $@

$(PUBLIC)/validation.json: bin/monde web/scripts/validation.mjs
	@mkdir -p $(PUBLIC)
	set -o pipefail; ./bin/monde validate --json | node web/scripts/validation.mjs >bin/validation.json
	mv bin/validation.json $@

web/node_modules/.ok: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund && touch node_modules/.ok

e2e/node_modules/.ok: e2e/package.json e2e/package-lock.json
	cd e2e && npm ci --no-audit --no-fund && touch node_modules/.ok

test: check unit wasm e2e ## install what is needed and run every test
	@echo "all tests passed"

check: web/node_modules/.ok ## formatting, modules, vet, staticcheck (native and js), types, generated files
	@test -z "$$(gofmt -l backend core wasm)" || { gofmt -l backend core wasm; exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(WASM) $(GO) vet ./core/... ./wasm
	$(WASM) $(GO) vet -tags light ./core ./core/system ./wasm
	$(GO) build -o bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...
	$(WASM) bin/staticcheck ./core/... ./wasm
	$(GO) run ./wasm/wiregen -o web/src/wire.gen.ts -check
	cd web && npm run --silent check

unit: web/node_modules/.ok ## Go tests, where goroutines are with the race detector, and the page's unit tests
	$(GO) test -race ./backend/...
	$(GO) test ./core/... ./wasm/... ./backend/validate # core has no goroutines (archtest); of validate the race detector sees a part
	cd web && npm test --silent

wasm: ## the core's tests, and the reference digests, under js/wasm
	$(WASM) $(GO) test -exec "$(WASM_EXEC)" ./core/...

e2e: build browser e2e/node_modules/.ok ## end-to-end tests in a real browser against the real server
	cd e2e && npm test --silent

browser:
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; }

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

bench: ## benchmarks of the core, and of its memories as WASM (docs/benchmarks.md)
	$(GO) test -run xxx -bench . -benchmem ./core/...
	$(WASM) $(GO) test -exec "$(WASM_EXEC)" -run xxx -bench Stream ./core/dram

golden: ## rewrite the reference digests; say in the commit why they moved
	$(GO) test ./core -run Golden -update

generate: ## rewrite generated files
	$(GO) run ./wasm/wiregen -o web/src/wire.gen.ts

clean: ## remove everything that was built
	rm -rf bin static/dist $(PUBLIC) web/node_modules e2e/node_modules e2e/test-results e2e/playwright-report
