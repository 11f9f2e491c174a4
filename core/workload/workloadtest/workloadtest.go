// Package workloadtest gives tests the traces that ship, where the build embeds none.
package workloadtest

import (
	"os"
	"path/filepath"
	"testing"

	"monde/core/workload"
)

// Traces returns the shipped trace of that name, to a test from whose folder the workload
// package's is at the given path.
func Traces(t testing.TB, folder, name string) workload.Traces {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "data", name+".bin"))
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
