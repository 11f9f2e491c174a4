package sha256

import (
	"bytes"
	std "crypto/sha256"
	"testing"

	"pgregory.net/rapid"
)

func TestDigestsAreThoseOfTheStandardLibraryHoweverTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data")
		h := newPure()
		for rest := data; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			_, _ = h.Write(rest[:n])
			rest = rest[n:]
		}
		want := std.Sum256(data)
		if got := h.Sum([]byte("x")); !bytes.Equal(got[1:], want[:]) || got[0] != 'x' {
			t.Errorf("%x: got %x, want %x", data, got, want)
		}
		if Sum256(data) != want {
			t.Errorf("%x: Sum256 differs", data)
		}
	})
}
