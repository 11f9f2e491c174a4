package kv

import "context"

// Plant writes bytes where the record of a job is, with or without its headers.
func (s *Store) Plant(ctx context.Context, id string, raw []byte, bare bool) error {
	e, err := s.jobs.get(ctx, id)
	if err != nil {
		return err
	}
	if bare {
		e.header = nil
	}
	_, err = s.jobs.put(ctx, id, e.header, raw, e.seq)
	return err
}

// Claim writes a claim as a crash would leave it: before its job, or after it is gone.
func (s *Store) Claim(ctx context.Context, key string, raw []byte) error {
	_, err := s.keys.put(ctx, key, nil, raw, 0)
	return err
}

// Keys counts the keys of idempotency.
func (s *Store) Keys(ctx context.Context) (n int, err error) {
	err = s.keys.scan(ctx, ">", func(entry) { n++ })
	return n, err
}

// Parts counts parts.
func (s *Store) Parts(ctx context.Context) (n int, err error) {
	err = s.parts.scan(ctx, ">", func(entry) { n++ })
	return n, err
}

// Orphan leaves a part that nothing names.
func (s *Store) Orphan(ctx context.Context) error {
	_, err := s.parts.put(ctx, "trace.lost.0", map[string][]string{uploadFor: {s.traces.subject("none")}}, []byte("part"), 0)
	return err
}

// KeyOf is the key of a job's claim.
var KeyOf = keyOf
