package workload_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/workload"
)

func unzip(t testing.TB, data []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// Whatever the bytes are, ReadTrace refuses them with a line number, or returns
// a trace that survives packing.
func FuzzReadTrace(f *testing.F) {
	f.Add([]byte(smallCSV))
	f.Add([]byte(smallJSON))
	f.Add(zip(f, []byte(smallCSV)))
	f.Add(unzip(f, packed(f, read(f, []byte(smallCSV)))))
	f.Add([]byte("request,step,layer,e0\na,0,0,1\n"))
	f.Add([]byte("MoNDE trace 1\n\x01\x01\x01\x00\x01\x01\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		tr, err := workload.ReadTrace("fuzz", bytes.NewReader(file))
		if err != nil {
			if !fault.Is(err) || !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("refused without a line: %v", err)
			}
			return
		}
		first := packed(t, tr)
		if second := packed(t, read(t, first)); !bytes.Equal(first, second) {
			t.Fatal("the trace changed by packing")
		}
	})
}
