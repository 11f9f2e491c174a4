package storetest

import (
	"bytes"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"monde/backend/job"
)

var pieces = map[string]func(*testing.T, job.Store){
	"a piece is recorded once":              pieceOnce,
	"of one piece from many, one is kept":   pieceRace,
	"data is kept byte for byte":            byteForByte,
	"pieces come in order, a part at once":  inOrder,
	"a tally has every piece, without data": tally,
}

func pieceOnce(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	first := job.Piece{Number: 7, Rows: 50, Bad: 3, Reused: 2, Data: []byte("first")}
	add(t, s, j.ID, first)
	second := job.Piece{Number: 7, Rows: 1, Data: []byte("second")}
	if created, err := s.AddPiece(t.Context(), j.ID, second); err != nil || created {
		t.Fatalf("the second of one number: %t, %v", created, err)
	}
	same(t, must[[]job.Piece](t)(s.Pieces(t.Context(), j.ID, 0, 9)), []job.Piece{first})
	if _, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: -1}); err == nil {
		t.Error("a piece before the first was recorded")
	}
}

func pieceRace(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	for number, size := range []int{10, 2 << 20} { // the second one is cut, where stores cut
		var created, winner atomic.Int32
		atOnce(8, func(i int) {
			fresh, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: number, Rows: i, Data: bytes.Repeat([]byte{byte(i)}, size)})
			if err != nil {
				t.Error(err)
			}
			if fresh {
				created.Add(1)
				winner.Store(int32(i))
			}
		})
		same(t, created.Load(), int32(1))
		got := must[[]job.Piece](t)(s.Pieces(t.Context(), j.ID, number, 1))
		same(t, got[0].Rows, int(winner.Load()))
		if !bytes.Equal(got[0].Data, bytes.Repeat([]byte{byte(winner.Load())}, size)) {
			t.Error("the data is not the winner's")
		}
	}
}

func byteForByte(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	r := rand.NewChaCha8([32]byte{1})
	for number, size := range []int{0, 1, 4096, 512<<10 - 1, 512 << 10, 512<<10 + 1, 3<<20 + 17} {
		data := make([]byte, size)
		_, _ = r.Read(data) // it never fails
		add(t, s, j.ID, job.Piece{Number: number, Data: data})
		got := must[[]job.Piece](t)(s.Pieces(t.Context(), j.ID, number, 1))
		if len(got) != 1 || !bytes.Equal(got[0].Data, data) {
			t.Errorf("%d bytes are not what they were", size)
		}
	}
}

func inOrder(t *testing.T, s job.Store) {
	j, other := create(t, s, a(1)), create(t, s, a(2))
	add(t, s, other.ID, job.Piece{Number: 1})
	numbers := []int{12, 0, 3, 100, 11, 9, 19999, 10}
	for _, n := range numbers {
		add(t, s, j.ID, job.Piece{Number: n, Rows: n})
	}
	check := func(from, limit int, want ...int) {
		t.Helper()
		var got []int
		for _, p := range must[[]job.Piece](t)(s.Pieces(t.Context(), j.ID, from, limit)) {
			got = append(got, p.Number)
			same(t, p.Rows, p.Number)
		}
		same(t, got, want)
	}
	check(0, 99, 0, 3, 9, 10, 11, 12, 100, 19999)
	check(0, 2, 0, 3)
	check(4, 3, 9, 10, 11)
	check(9, 3, 9, 10, 11)
	check(13, 9, 100, 19999)
	check(20000, 9)
	check(0, 0)
}

func tally(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	var want []job.Piece
	for n := range 300 {
		want = append(want, job.Piece{Number: n, Rows: 50, Bad: n % 3, Reused: n % 5})
	}
	atOnce(8, func(i int) {
		for n := i; n < len(want); n += 8 {
			p := want[n]
			p.Data = bytes.Repeat([]byte{1}, 100*(n%7))
			if created, err := s.AddPiece(t.Context(), j.ID, p); err != nil || !created {
				t.Errorf("piece %d: %t, %v", n, created, err)
			}
		}
	})
	same(t, must[[]job.Piece](t)(s.Tally(t.Context(), j.ID)), want)
}
