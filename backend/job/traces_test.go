package job

import (
	"testing"

	"monde/core/workload"
)

func TestTheTracesUsedLastAreKept(t *testing.T) {
	s := traceCache{limit: 250}
	add := func(name string) { s.put(&workload.Trace{SHA256: name, Tokens: 50, Layers: 1, TopK: 1}) } // 100 bytes
	kept := func(name string) bool { return s.find(name) != nil }
	add("a")
	add("b")
	if !kept("a") {
		t.Fatal("a is gone")
	}
	add("c")
	if kept("b") || !kept("a") || !kept("c") {
		t.Error("want a, which was used, and c, and not b")
	}
	s.put(&workload.Trace{SHA256: "large", Tokens: 1000, Layers: 1, TopK: 1})
	if !kept("large") || kept("a") {
		t.Error("want the newest, however large, alone")
	}
}
