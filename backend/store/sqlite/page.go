package sqlite

import (
	"context"
	"strings"

	"monde/backend/job"
	"monde/backend/store/record"
)

// Jobs lists jobs, newest first. A record that cannot be read is left where it is and
// out of the list, so that it hides no other: Job says what is wrong with it.
func (s *Store) Jobs(ctx context.Context, p job.Page) ([]job.Job, error) {
	var all []job.Job
	for len(all) < p.Limit {
		want := p.Limit - len(all)
		some, err := s.records(ctx, p, want)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if j, err := record.Decode(r.id, r.raw); err != nil {
				s.log.Warn("a job is left out of a list", "err", err)
			} else {
				all = append(all, j)
			}
		}
		if len(some) < want {
			break
		}
		p.Before = some[len(some)-1].id
	}
	return all, nil
}

type stored struct {
	id  string
	raw []byte
}

// records reads the next records of a page.
func (s *Store) records(ctx context.Context, p job.Page, limit int) ([]stored, error) {
	query, args := listing(p, limit)
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has what matters
	var all []stored
	for rows.Next() {
		var r stored
		if err := rows.Scan(&r.id, &r.raw); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

func listing(p job.Page, limit int) (query string, args []any) {
	var where []string
	only := func(condition string, arg ...any) {
		where, args = append(where, condition), append(args, arg...)
	}
	if p.Kind != "" {
		only("kind = ?", p.Kind)
	}
	if p.Client != "" {
		only("client = ?", p.Client)
	}
	if p.Live {
		only("finished IS NULL")
	}
	if p.Before != "" {
		only("id < ?", p.Before)
	}
	query = "SELECT id, record FROM jobs"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	return query + " ORDER BY id DESC LIMIT ?", append(args, limit)
}
