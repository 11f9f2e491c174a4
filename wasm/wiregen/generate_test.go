package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func generated(t *testing.T) (text, root string) {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	b, err := Generate(root)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), root
}

func TestTheCommittedTypesAreWhatTheSourceSays(t *testing.T) {
	text, root := generated(t)
	have, err := os.ReadFile(filepath.Join(root, "web/src/wire.gen.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != text {
		t.Error("web/src/wire.gen.ts is out of date: go run ./wasm/wiregen")
	}
}

func TestMessagesAreAClosedUnionOfTheirKinds(t *testing.T) {
	text, _ := generated(t)
	for _, want := range []string{
		"readonly kind: 'progress'; readonly progress: Progress}",
		"readonly kind: 'report'; readonly report: Report}",
		"readonly kind: 'end'};",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestQuantitiesKeepTheirUnits(t *testing.T) {
	text, _ := generated(t)
	for _, want := range []string{
		"readonly latency_ps: Picoseconds;",
		"readonly bandwidth_bytes_per_s: BytesPerSecond;",
		"readonly compute_flops_per_s: FlopsPerSecond;",
		"readonly clock_hz: Hertz;",
		"readonly energy_pj: Picojoules;",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestEveryFieldOfTheTypedTableExists(t *testing.T) {
	text, _ := generated(t)
	for field, expr := range typed {
		if !strings.Contains(text, ": "+expr+";") {
			t.Errorf("%s: nothing has type %q", field, expr)
		}
	}
}
