package sqlite_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"monde/backend/job"
	"monde/backend/store/sqlite"
)

func example(n int) job.Job {
	at := time.Date(2026, 11, 24, 0, 0, n, 0, time.UTC)
	return job.Job{
		ID: job.NewID(at), Kind: job.Sweep, Client: "c", Scenario: json.RawMessage(`{"model":"mixtral-8x7b"}`),
		Points: 1_000_000, Size: 50, Created: at,
	}
}

// rows are n results of about the size of a row.
func rows(n, from int) (all []job.Known, keys []job.ContentKey) {
	for i := range n {
		k := sha256.Sum256(fmt.Append(nil, from+i))
		all, keys = append(all, job.Known{Key: k, Data: bytes.Repeat(k[:], 6)}), append(keys, k)
	}
	return all, keys
}

// BenchmarkPieceOf50 is what a worker's answer costs: a piece of 50 points, and their
// 50 results by content.
func BenchmarkPieceOf50(b *testing.B) {
	for name, opt := range map[string]sqlite.Options{"normal": {}, "power-loss": {PowerLoss: true}} {
		b.Run(name, func(b *testing.B) {
			s, j, data, n := open(b, b.TempDir(), opt), example(1), make([]byte, 4000), 0
			if _, _, err := s.Create(b.Context(), j); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				all, _ := rows(50, 50*n)
				if _, err := s.AddPiece(b.Context(), j.ID, job.Piece{Number: n, Rows: 50, Data: data}); err != nil {
					b.Fatal(err)
				}
				if err := s.Remember(b.Context(), all); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}

func BenchmarkCreate(b *testing.B) {
	s, n := open(b, b.TempDir(), sqlite.Options{}), 0
	for b.Loop() {
		n++
		j := example(n)
		j.Key = fmt.Sprint(n)
		if _, _, err := s.Create(b.Context(), j); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChange(b *testing.B) {
	s, j := open(b, b.TempDir(), sqlite.Options{}), example(1)
	if _, _, err := s.Create(b.Context(), j); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Change(b.Context(), j.ID, func(j *job.Job) error { j.Done++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecall50 looks 50 results up among 20,000.
func BenchmarkRecall50(b *testing.B) {
	s := open(b, b.TempDir(), sqlite.Options{})
	all, _ := rows(20_000, 0)
	if err := s.Remember(b.Context(), all); err != nil {
		b.Fatal(err)
	}
	_, keys := rows(50, 7000)
	for b.Loop() {
		if known, err := s.Recall(b.Context(), keys); err != nil || len(known) != 50 {
			b.Fatal(len(known), err)
		}
	}
}

// BenchmarkTally sums up the 20,000 pieces of a sweep of a million points.
func BenchmarkTally(b *testing.B) {
	s, j := open(b, b.TempDir(), sqlite.Options{}), example(1)
	if _, _, err := s.Create(b.Context(), j); err != nil {
		b.Fatal(err)
	}
	for n := range 20_000 {
		if _, err := s.AddPiece(b.Context(), j.ID, job.Piece{Number: n, Rows: 50, Data: make([]byte, 4000)}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if all, err := s.Tally(b.Context(), j.ID); err != nil || len(all) != 20_000 {
			b.Fatal(len(all), err)
		}
	}
}
