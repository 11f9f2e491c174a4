package wire

import (
	"encoding/base64"

	"monde/core/internal/sha256"
)

// Link is a scenario under a short name. It never changes.
type Link struct {
	ID       string `json:"id"`       // 11 characters
	Engine   string `json:"engine"`   // whose numbers it shows
	Fragment string `json:"fragment"` // "#v1.…", which holds the scenario itself
	Path     string `json:"path"`     // of the page that shows it
}

// LinkID returns the short name of a scenario in its short form: the first 64 bits of the
// SHA-256 of engine and scenario, so every host gives the same scenario the same name.
func LinkID(engine string, short []byte) string {
	h := sha256.New()
	_, _ = h.Write([]byte(engine + " ")) // a hash.Hash never fails
	_, _ = h.Write(short)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:8])
}
