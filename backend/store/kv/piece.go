package kv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go"

	"monde/backend/job"
	"monde/backend/store/record"
)

// Headers of a piece; its data is the message.
const (
	points = "Monde-Points"
	bad    = "Monde-Bad"
	reused = "Monde-Reused"
)

func pieceKey(id string, number int) string { return fmt.Sprintf("%s.%08d", id, number) }

// AddPiece records a piece once.
func (s *Store) AddPiece(ctx context.Context, id string, p job.Piece) (created bool, err error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	if !record.ValidID(id) {
		return false, fmt.Errorf("job %q: %w", id, job.ErrUnknown)
	}
	if p.Number < 0 {
		return false, fmt.Errorf("job %s: there is no piece %d", id, p.Number)
	}
	h := nats.Header{points: {strconv.Itoa(p.Rows)}, bad: {strconv.Itoa(p.Bad)}, reused: {strconv.Itoa(p.Reused)}}
	err = s.keep(ctx, s.pieces, pieceKey(id, p.Number), "job-"+id, h, p.Data)
	if err != nil && !errors.Is(err, errTaken) {
		return false, fmt.Errorf("piece %d of job %s: %w", p.Number, id, err)
	}
	created = err == nil
	// The job is looked for afterwards: whoever forgets it meanwhile removes it first and
	// its pieces then, so one of the two sees the other.
	if _, err := s.record(ctx, id); err != nil {
		if errors.Is(err, job.ErrUnknown) {
			err = errors.Join(err, s.pieces.purge(ctx, pieceKey(id, p.Number)), s.parts.purge(ctx, "job-"+id+".>"))
		}
		return false, err
	}
	return created, nil
}

// Pieces returns pieces by their number, from one on. Mostly none is missing, so that
// those from from on are asked for first; otherwise a list says which there are.
func (s *Store) Pieces(ctx context.Context, id string, from, limit int) ([]job.Piece, error) {
	if err := s.enter(ctx); err != nil || !record.ValidID(id) {
		return nil, err
	}
	var all []job.Piece
	for from = max(from, 0); len(all) < limit; {
		var want []int
		for n := range min(limit-len(all), atOnce) {
			want = append(want, from+n)
		}
		some, err := s.numbered(ctx, id, want)
		if err != nil {
			return nil, err
		}
		if len(some) < len(want) {
			rest, err := s.sparse(ctx, id, from, limit-len(all))
			return append(all, rest...), err
		}
		all, from = append(all, some...), from+len(want)
	}
	return all, nil
}

// sparse returns pieces of which some are missing.
func (s *Store) sparse(ctx context.Context, id string, from, limit int) ([]job.Piece, error) {
	heads, err := s.Tally(ctx, id)
	if err != nil {
		return nil, err
	}
	var want []int
	for _, p := range heads {
		if p.Number >= from && len(want) < limit {
			want = append(want, p.Number)
		}
	}
	return s.numbered(ctx, id, want)
}

// numbered returns those pieces that are there, in the order asked for.
func (s *Store) numbered(ctx context.Context, id string, numbers []int) ([]job.Piece, error) {
	keys := make([]string, len(numbers))
	for i, n := range numbers {
		keys[i] = pieceKey(id, n)
	}
	found, err := s.pieces.many(ctx, keys)
	if err != nil {
		return nil, err
	}
	var all []job.Piece
	for _, k := range keys {
		e, ok := found[k]
		if !ok {
			continue
		}
		p, err := piece(id, e)
		if err != nil {
			return nil, err
		}
		if p.Data, err = s.value(ctx, e); err != nil {
			return nil, fmt.Errorf("piece %d of job %s: %w", p.Number, id, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// piece reads the headers of a piece.
func piece(id string, e entry) (p job.Piece, err error) {
	if len(e.key) <= len(id)+1 {
		return p, fmt.Errorf("the piece %s cannot be read", e.key)
	}
	var all []error
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			all = append(all, fmt.Errorf("the piece %s cannot be read: %q", e.key, text))
		}
		return n
	}
	p.Number, p.Rows = number(e.key[len(id)+1:]), number(e.header.Get(points))
	p.Bad, p.Reused = number(e.header.Get(bad)), number(e.header.Get(reused))
	return p, errors.Join(all...)
}

// Tally returns every piece without its data.
func (s *Store) Tally(ctx context.Context, id string) ([]job.Piece, error) {
	if err := s.enter(ctx); err != nil || !record.ValidID(id) {
		return nil, err
	}
	var all []job.Piece
	var broken error
	err := s.pieces.scan(ctx, id+".*", func(e entry) {
		p, err := piece(id, e)
		if err != nil {
			broken = err
		}
		all = append(all, p)
	})
	if err = errors.Join(err, broken); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b job.Piece) int { return cmp.Compare(a.Number, b.Number) })
	return all, nil
}
