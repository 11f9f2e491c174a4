// Package sha256 is SHA-256 (FIPS 180-4) for digests of what is public.
//
// Natively it is the standard library's, which is fast. That one brings 30 KB of
// other ciphers and self-tests over the wire into a page, where ours takes its
// place; a test holds the two together. Ours is of no use for secrets.
package sha256

import "io"

// Size is the length of a digest, in bytes.
const Size = 32

// A Hash takes what is written to it, without errors.
type Hash interface {
	io.Writer
	// Sum appends the digest of what was written so far.
	Sum(dst []byte) []byte
}

// Sum256 returns the digest of data.
func Sum256(data []byte) [Size]byte {
	h := New()
	_, _ = h.Write(data)
	return [Size]byte(h.Sum(nil))
}
