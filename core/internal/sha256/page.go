//go:build js

package sha256

// New returns a Hash of nothing yet.
func New() Hash { return newPure() }
