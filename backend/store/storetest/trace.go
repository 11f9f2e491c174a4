package storetest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"monde/backend/job"
)

var traces = map[string]func(*testing.T, job.Store){
	"a trace is kept whole":               trace,
	"a trace whose read fails is not":     halfTrace,
	"of one trace from many, one is kept": traceRace,
}

func readTrace(t *testing.T, s job.Store, name string) []byte {
	t.Helper()
	r := must[io.ReadCloser](t)(s.Trace(t.Context(), name))
	data := must[[]byte](t)(io.ReadAll(r))
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return data
}

func trace(t *testing.T, s job.Store) {
	if _, err := s.Trace(t.Context(), "none"); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	r := rand.NewChaCha8([32]byte{2})
	for name, size := range map[string]int{"empty": 0, "small": 10, "even": 512 << 10, "large": 5<<20 + 3} {
		data := make([]byte, size)
		_, _ = r.Read(data) // it never fails
		for range 2 {
			if err := s.PutTrace(t.Context(), name, bytes.NewReader(data)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(readTrace(t, s, name), data) {
			t.Errorf("%d bytes are not what they were", size)
		}
	}
	half := must[io.ReadCloser](t)(s.Trace(t.Context(), "large")) // closed before it is read
	_ = must[int](t)(io.ReadFull(half, make([]byte, 1000)))
	if err := half.Close(); err != nil {
		t.Error(err)
	}
}

func halfTrace(t *testing.T, s job.Store) {
	before := must[int64](t)(s.Size(t.Context()))
	boom := errors.New("boom")
	r := io.MultiReader(bytes.NewReader(make([]byte, 3<<20)), iotest.ErrReader(boom))
	if err := s.PutTrace(t.Context(), "name", r); !errors.Is(err, boom) {
		t.Errorf("got %v, want what the reader said", err)
	}
	if _, err := s.Trace(t.Context(), "name"); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if after := must[int64](t)(s.Size(t.Context())); after > before+1<<20 {
		t.Errorf("%d bytes before, %d after: its parts are still there", before, after)
	}
	if err := s.PutTrace(t.Context(), "name", strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	same(t, string(readTrace(t, s, "name")), "whole")
}

func traceRace(t *testing.T, s job.Store) {
	data := bytes.Repeat([]byte("trace"), 200_000)
	atOnce(6, func(int) {
		if err := s.PutTrace(t.Context(), "name", bytes.NewReader(data)); err != nil {
			t.Error(err)
		}
	})
	if !bytes.Equal(readTrace(t, s, "name"), data) {
		t.Error("the trace is not what it was")
	}
	if size := must[int64](t)(s.Size(t.Context())); size > int64(len(data))*2 {
		t.Errorf("%d bytes are kept of a trace of %d", size, len(data))
	}
}
