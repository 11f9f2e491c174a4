// Package workloadtest gives tests the traces that ship, where the build embeds none.
package workloadtest

import (
	"os"
	"path/filepath"
	"testing"

	"monde/core/workload"
)

// Traces returns the shipped trace of that name, to a test in a folder below core.
func Traces(t testing.TB, name string) workload.Traces {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "workload", "data", name+".bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace, err := workload.ReadTrace(name, f)
	if err != nil {
		t.Fatal(err)
	}
	return workload.Traces{name: trace}
}
