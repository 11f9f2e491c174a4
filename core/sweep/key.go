package sweep

import (
	"encoding/binary"

	"monde/core/internal/sha256"
	"monde/core/scenario"
)

// Key names a result by what it is the result of: the SHA-256 of its kind, of the
// engine's version, and of all of s that a report depends on. However a scenario is
// written, Decode gives it one Key; a title has no part in it.
func Key(s scenario.Scenario, engine string, kind string) [32]byte {
	s.Title = ""
	parts := append([]string{kind, engine, string(s.Full())}, s.Notes...)
	h := sha256.New()
	for _, part := range parts {
		_, _ = h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(part)))) // a Hash never fails
		_, _ = h.Write([]byte(part))
	}
	return [32]byte(h.Sum(nil))
}
