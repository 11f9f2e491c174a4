package kv_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"monde/backend/job"
)

// BenchmarkPieceOf50 is what a worker's answer costs: a piece of 50 points, and their
// 50 results by content.
func BenchmarkPieceOf50(b *testing.B) {
	s := open(b, engine(b))
	j, data, n := create(b, s, example(1)), make([]byte, 4000), 0
	for b.Loop() {
		var all []job.Known
		for i := range 50 {
			all = append(all, job.Known{Key: sha256.Sum256(fmt.Append(nil, 50*n+i)), Data: data[:192]})
		}
		if _, err := s.AddPiece(b.Context(), j.ID, job.Piece{Number: n, Rows: 50, Data: data}); err != nil {
			b.Fatal(err)
		}
		if err := s.Remember(b.Context(), all); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// BenchmarkTally sums up the 20,000 pieces of a sweep of a million points, on a server
// that has not done so before.
func BenchmarkTally(b *testing.B) {
	cluster := engine(b)
	s := open(b, cluster)
	j := create(b, s, example(1))
	for n := range 20_000 {
		if _, err := s.AddPiece(b.Context(), j.ID, job.Piece{Number: n, Rows: 50, Data: make([]byte, 4000)}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		b.StopTimer()
		s := open(b, cluster)
		b.StartTimer()
		if all, err := s.Tally(b.Context(), j.ID); err != nil || len(all) != 20_000 {
			b.Fatal(len(all), err)
		}
	}
}
