package sha256

import (
	"encoding/binary"
	"math/bits"
)

const block = 64

// pure takes what is written to it. The zero value is not ready: call newPure.
type pure struct {
	state  [8]uint32
	rest   [block]byte // of a block that is not full
	filled int
	length uint64 // bytes so far
}

func newPure() *pure {
	return &pure{state: [8]uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}}
}

// Write implements io.Writer and never fails.
func (h *pure) Write(p []byte) (int, error) {
	n := len(p)
	h.length += uint64(n)
	if h.filled > 0 {
		took := copy(h.rest[h.filled:], p)
		h.filled += took
		p = p[took:]
		if h.filled < block {
			return n, nil
		}
		h.add(h.rest[:])
		h.filled = 0
	}
	for ; len(p) >= block; p = p[block:] {
		h.add(p[:block])
	}
	h.filled = copy(h.rest[:], p)
	return n, nil
}

// Sum appends the digest of what was written so far.
func (h *pure) Sum(dst []byte) []byte {
	last := *h
	pad := [block + 8]byte{0x80}
	n := block - (last.filled+8)%block
	binary.BigEndian.PutUint64(pad[n:], last.length*8)
	_, _ = last.Write(pad[:n+8])
	for _, word := range last.state {
		dst = binary.BigEndian.AppendUint32(dst, word)
	}
	return dst
}

// add mixes in one block.
func (h *pure) add(p []byte) {
	var w [block]uint32
	for i := range 16 {
		w[i] = binary.BigEndian.Uint32(p[4*i:])
	}
	for i := 16; i < block; i++ {
		a, b := w[i-15], w[i-2]
		s0 := bits.RotateLeft32(a, -7) ^ bits.RotateLeft32(a, -18) ^ a>>3
		s1 := bits.RotateLeft32(b, -17) ^ bits.RotateLeft32(b, -19) ^ b>>10
		w[i] = w[i-16] + s0 + w[i-7] + s1
	}
	s := h.state
	for i := range w {
		s1 := bits.RotateLeft32(s[4], -6) ^ bits.RotateLeft32(s[4], -11) ^ bits.RotateLeft32(s[4], -25)
		t1 := s[7] + s1 + (s[4]&s[5] ^ ^s[4]&s[6]) + rounds[i] + w[i]
		s0 := bits.RotateLeft32(s[0], -2) ^ bits.RotateLeft32(s[0], -13) ^ bits.RotateLeft32(s[0], -22)
		t2 := s0 + (s[0]&s[1] ^ s[0]&s[2] ^ s[1]&s[2])
		s = [8]uint32{t1 + t2, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]}
	}
	for i, word := range s {
		h.state[i] += word
	}
}

// rounds are the first 32 bits of the fractional parts of the cube roots of the
// first 64 primes.
var rounds = [block]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}
