package sweep

import (
	"math/bits"

	"monde/core/rng"
)

// A shuffle is a permutation of the numbers below n that needs no table: a Feistel
// network over the least even number of bits that holds n, gone through again while
// the result is not below n (cycle walking; Black and Rogaway, "Ciphers with arbitrary
// finite domains", 2002). Its rounds are those of a hash, not of a cipher.
type shuffle struct {
	n    uint64
	half int // bits
	keys [8]uint64
}

// newShuffle returns the permutation of that name under seed.
func newShuffle(seed uint64, name string, n int) shuffle {
	s := shuffle{n: uint64(n), half: max(1, (bits.Len64(uint64(n-1))+1)/2)}
	r := rng.Stream(seed, name)
	for i := range s.keys {
		s.keys[i] = r.Uint64()
	}
	return s
}

// at returns where i goes; no other number goes there.
func (s shuffle) at(i int) int {
	v := uint64(i)
	for {
		if v = s.once(v); v < s.n {
			return int(v)
		}
	}
}

func (s shuffle) once(v uint64) uint64 {
	mask := uint64(1)<<s.half - 1
	left, right := v>>s.half, v&mask
	for _, key := range s.keys {
		left, right = right, left^(mixed(right^key)&mask)
	}
	return left<<s.half | right
}

// mixed is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
func mixed(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
