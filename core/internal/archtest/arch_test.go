// Package archtest holds the import rules of docs/architecture.md, and fails the
// build that breaks one.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const module = "monde/"

// basics import nothing of ours but what the basics below them are.
const basics = "core/unit core/fault core/rng core/detmath core/des core/probe core/internal/strictjson core/internal/sha256 core/internal/order"

// mayImport lists, for each package, the project packages that it may import,
// directly or not. A package that is not listed may import none.
var mayImport = map[string]string{
	"core/detmath":                    "core/rng",
	"core/des":                        "core/unit",
	"core/probe":                      "core/unit",
	"core/internal/strictjson":        "core/fault core/internal/order",
	"core/internal/routingpack":       basics + " core/kv core/quant core/model core/workload",
	"core/model":                      basics + " core/quant",
	"core/workload":                   basics + " core/quant core/model",
	"core/quant":                      basics,
	"core/kv":                         basics,
	"core/finetune":                   basics + " core/quant core/gpu core/host core/link",
	"core/memread":                    basics,
	"core/link":                       basics,
	"core/flash":                      basics,
	"core/gpu":                        basics + " core/quant",
	"core/host":                       basics,
	"core/ndp":                        basics,
	"core/dram":                       "core/unit core/fault core/rng",
	"core/dram/audit":                 "core/unit core/fault core/rng core/dram",
	"core/dram/cmdtrace":              "core/unit core/fault core/rng core/dram",
	"core/device/memory":              basics,
	"core/device/isa":                 basics + " core/device/memory",
	"core/device/endpoint":            basics + " core/device/memory core/device/isa",
	"core/device/functional":          basics + " core/device/memory core/device/isa",
	"core/device/driver":              basics + devices + driver + " core/quant core/model",
	"core/device":                     basics + " core/ndp core/dram core/device/memory",
	"core/policy":                     "core/unit core/fault core/quant core/model core/internal/order core/policy/replace core/policy/predict core/policy/place",
	"core/policy/replace":             "core/unit core/fault core/quant core/model",
	"core/policy/predict":             "core/unit core/fault core/quant core/model",
	"core/policy/place":               "core/internal/order",
	"core/policy/replace/replacetest": "core/unit core/fault core/quant core/model core/policy/replace core/rng",
	"core/policy/predict/predicttest": "core/unit core/fault core/quant core/model core/policy/predict core/rng",
	"core/workload/workloadtest":      "core/detmath core/fault core/internal/order core/internal/sha256 core/model core/quant core/rng core/unit core/workload",
	"core/policy/policytest":          "core/internal/order core/unit core/fault core/quant core/model core/policy core/policy/replace core/policy/predict core/policy/place core/rng",
	"core/bound":                      "core/unit",
	"core/replay":                     basics + " core/kv core/quant core/model core/workload core/policy/replace core/policy/predict",
	"core/report":                     basics + " core/kv core/quant core/model core/workload",
	"core/scenario":                   basics + devices + " core/kv core/quant core/model core/workload core/policy core/policy/replace core/policy/predict core/policy/place core/report",
	"core/trust":                      basics + devices + " core/kv core/quant core/model core/workload core/policy core/policy/replace core/policy/predict core/policy/place core/report core/scenario",
	"core/system":                     basics + devices + " core/kv core/quant core/model core/workload core/policy core/policy/replace core/policy/predict core/policy/place core/report core/scenario core/bound",
	"core/advise":                     basics + devices + " core/kv core/quant core/model core/workload core/policy core/policy/replace core/policy/predict core/policy/place core/report core/scenario core/bound core/system core/trust",
	"core/wire":                       basics + devices + " core/kv core/quant core/model core/workload core/report",
	"core":                            everything,
	"wasm":                            "core " + everything,
	"wasm/wiregen":                    "core " + everything,
	"backend":                         "core core/dram/cmdtrace core/device/driver " + everything + driver + backend + replaying + closed,
	"backend/http":                    "core " + everything + backend,
	"backend/chrome":                  "core/probe core/unit",
	"backend/text":                    "core core/device/driver backend/validate backend/fit " + everything + driver + replaying + closed,
	"backend/validate":                "core " + everything,
	"backend/fit":                     "core backend/validate " + everything,
	"backend/stream":                  "core " + everything,
	"backend/store/record":            recorded,
	"backend/store/storetest":         recorded,
	"backend/store/sqlite":            recorded + " backend/store/record",
	"backend/store/kv":                recorded + " backend/store/record",
}

const (
	devices    = " core/link core/flash core/gpu core/host core/ndp core/dram core/device core/device/memory"
	driver     = " core/device/isa core/device/endpoint core/device/functional" // not in a browser
	replaying  = " core/replay"                                                 // not in a browser, yet
	everything = basics + devices + " core/kv core/quant core/model core/workload core/policy core/policy/replace core/policy/predict core/policy/place core/bound core/report core/scenario core/system core/trust core/advise core/wire"
	closed     = " core/finetune core/memread"          // closed forms of their own, not in a browser
	recorded   = "backend/job core/sweep " + everything // jobs, and all that they name
	backend    = " backend/job backend/store/record backend/store/sqlite backend/http backend/stream backend/chrome backend/text backend/validate backend/fit"
)

// mayNotReach says why a package of core must not depend on one outside the
// project.
var mayNotReach = map[string]string{
	"net":          "core opens no connection; backend does",
	"net/http":     "core opens no connection; backend does",
	"os/exec":      "core runs in a browser",
	"syscall/js":   "core runs natively; wasm binds it",
	"database/sql": "results leave through the probe; the caller stores them",
	"log":          "core returns what it has to say",
	"log/slog":     "core returns what it has to say",
	"encoding/gob": "wire owns the only encoding",
	"math/rand":    "rng owns randomness (math/rand/v2, seeded)",
}

// gonum's stat reaches these two by itself; nothing of ours may import them.
var onlyDirect = []string{"log", "math/rand"}

func TestPackagesImportOnlyWhatTheArchitectureAllows(t *testing.T) {
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed := strings.Fields(mayImport[name])
		for _, dep := range p.Deps {
			if ours, ok := strings.CutPrefix(dep, module); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s may not import %s", name, ours)
			}
		}
	}
}

func TestCoreStaysPure(t *testing.T) {
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if name != "core" && !strings.HasPrefix(name, "core/") || skipped(name) {
			continue
		}
		for banned, why := range mayNotReach {
			deps := p.Deps
			if slices.Contains(onlyDirect, banned) {
				deps = p.Imports
			}
			if slices.Contains(deps, banned) {
				t.Errorf("%s reaches %s: %s", name, banned, why)
			}
		}
	}
}

// skipped packages are programs and tests that never run inside a run.
func skipped(name string) bool {
	return strings.HasSuffix(name, "test") || strings.HasSuffix(name, "pack")
}

type pkg struct {
	ImportPath    string
	Imports, Deps []string
}

func list(t *testing.T) []pkg {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("there is no go command in a browser; the native run checks the same files")
	}
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return pkgs
		case err != nil:
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}
