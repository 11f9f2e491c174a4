package kv

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"monde/backend/job"
	"monde/backend/store/record"
)

// window is how many pieces are looked for at once where they ought to be.
const window = 64

func pieceKey(id string, number int) string { return id + "." + strconv.Itoa(number) }

// AddPiece records a piece once.
func (s *Store) AddPiece(ctx context.Context, id string, p job.Piece) (created bool, err error) {
	if p.Number < 0 {
		return false, fmt.Errorf("job %s: there is no piece %d", id, p.Number)
	}
	if err := s.ready(ctx); err != nil {
		return false, err
	}
	if s.index.revision(id) == 0 { // or another server created it just now
		if _, _, err := s.record(ctx, id); err != nil {
			return false, err
		}
	}
	created, err = s.pieces.put(ctx, pieceKey(id, p.Number), fmt.Sprint(p.Rows, " ", p.Bad, " ", p.Reused), p.Data)
	if err != nil {
		return false, fmt.Errorf("piece %d of job %s: %w", p.Number, id, err)
	}
	if s.index.forgotten(id) { // meanwhile: nobody else removes what came after
		s.undo(ctx, func(ctx context.Context) error { return s.pieces.purge(ctx, id+".>") })
		return false, fmt.Errorf("job %q: %w", id, job.ErrUnknown)
	}
	return created, nil
}

// piece reads what an entry says of a piece.
func piece(it item) (p job.Piece, err error) {
	number := it.key[strings.LastIndexByte(it.key, '.')+1:]
	if p.Number, err = strconv.Atoi(number); err == nil {
		_, err = fmt.Sscan(it.note, &p.Rows, &p.Bad, &p.Reused)
	}
	if err != nil {
		return p, fmt.Errorf("piece %s cannot be read: its note is %q", it.key, it.note)
	}
	return p, nil
}

// Pieces returns pieces by their number, from one on. Those of a job that is over follow
// each other, so they are looked for without a tally until one is missing.
func (s *Store) Pieces(ctx context.Context, id string, from, limit int) ([]job.Piece, error) {
	if err := s.ready(ctx); err != nil || !record.ValidID(id) {
		return nil, err
	}
	var all []job.Piece
	for from = max(from, 0); len(all) < limit && from <= math.MaxInt-window; from += window {
		some, whole, err := s.run(ctx, id, from, min(window, limit-len(all)))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if !whole {
			return s.rest(ctx, id, from+len(some), limit-len(all), all)
		}
	}
	return all, nil
}

// run returns n pieces from one on, up to the first that is not there.
func (s *Store) run(ctx context.Context, id string, from, n int) (all []job.Piece, whole bool, err error) {
	all = make([]job.Piece, n)
	there := make([]bool, n)
	err = atOnce(ctx, n, func(ctx context.Context, i int) (err error) {
		all[i], err = s.pieceAt(ctx, id, from+i, s.pieces.get)
		there[i] = err == nil
		return unless(errors.Is(err, job.ErrUnknown), err)
	})
	for i := range there {
		if !there[i] {
			return all[:i], false, err
		}
	}
	return all, true, err
}

// rest adds those pieces to all that a tally has.
func (s *Store) rest(ctx context.Context, id string, from, limit int, all []job.Piece) ([]job.Piece, error) {
	tally, err := s.Tally(ctx, id)
	if err != nil {
		return nil, err
	}
	for len(tally) > 0 && tally[0].Number < from {
		tally = tally[1:]
	}
	tally = tally[:min(max(limit, 0), len(tally))]
	err = atOnce(ctx, len(tally), func(ctx context.Context, i int) (err error) {
		tally[i], err = s.pieceAt(ctx, id, tally[i].Number, s.pieces.sure)
		return err
	})
	if errors.Is(err, job.ErrUnknown) && s.index.revision(id) == 0 { // forgotten meanwhile
		return nil, nil
	}
	return append(all, tally...), err
}

func (s *Store) pieceAt(ctx context.Context, id string, number int, get func(context.Context, string) (item, error)) (p job.Piece, err error) {
	it, err := get(ctx, pieceKey(id, number))
	if err == nil {
		if p, err = piece(it); err == nil {
			p.Data, err = s.pieces.whole(ctx, it)
		}
	}
	if err != nil {
		return p, fmt.Errorf("piece %d of job %s: %w", number, id, err)
	}
	return p, nil
}
