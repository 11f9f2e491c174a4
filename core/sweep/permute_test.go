package sweep

import "testing"

func TestAShuffleMeetsEveryNumberOnce(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 255, 256, 1000, 65537} {
		s := newShuffle(3, "test", n)
		met := make([]bool, n)
		for i := range n {
			at := s.at(i)
			if met[at] {
				t.Fatalf("of %d: %d is met twice", n, at)
			}
			met[at] = true
		}
	}
}

// Over many seeds every number goes everywhere, and pairs of neighbours do: 24 of them
// for 5 numbers of 4 bits, each within six deviations of its share.
func TestAShuffleOfFewIsNearlyFair(t *testing.T) {
	const n, seeds = 5, 20000
	var count [n][n]int
	for seed := range uint64(seeds) {
		s := newShuffle(seed, "test", n)
		count[s.at(0)][s.at(1)]++
	}
	const share = seeds / (n * (n - 1))
	for a := range n {
		for b := range n {
			if got := count[a][b]; a != b && (got < share-6*32 || got > share+6*32) {
				t.Errorf("0 and 1 go to %d and %d %d times, want about %d", a, b, got, share)
			}
		}
	}
}

func BenchmarkShuffle(b *testing.B) {
	s := newShuffle(1, "bench", MaxPoints)
	for i := 0; b.Loop(); i++ {
		s.at(i % MaxPoints)
	}
}
