package storetest

import (
	"errors"
	"strings"
	"testing"

	"monde/backend/job"
)

// Hostile holds a store to what it does with records that nobody can read. plant puts
// bytes where the record of a job is that exists.
func Hostile(t *testing.T, s job.Store, plant func(id string, raw []byte)) {
	first, last := create(t, s, a(1)), create(t, s, a(99))
	for n, raw := range []string{"", "\x00\xff", "null", "{", `{"v":2,"shape":1}`, `{"v":1,"id":"other","size":1}`} {
		j := create(t, s, a(2+n, key("k"), of(string(rune('a'+n)))))
		add(t, s, j.ID, job.Piece{Number: 1, Data: []byte("data")})
		plant(j.ID, []byte(raw))
		refused := func(what string, err error) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), j.ID) || errors.Is(err, job.ErrUnknown) {
				t.Errorf("%s of %q: got %v, want an error that names %s", what, raw, err, j.ID)
			}
		}
		_, err := s.Job(t.Context(), j.ID)
		refused("job", err)
		_, err = s.Change(t.Context(), j.ID, func(*job.Job) error { return nil })
		refused("change", err)
		_, _, err = s.Create(t.Context(), a(50, key("k"), of(j.Client)))
		refused("a second job of the key", err)
		same(t, len(must[[]job.Piece](t)(s.Pieces(t.Context(), j.ID, 0, 9))), 1)
	}
	// The rest can be listed, and a page is not shorter for what it leaves out.
	same(t, left(t, s), []string{last.ID, first.ID})
	same(t, ids(must[[]job.Job](t)(s.Jobs(t.Context(), job.Page{Limit: 2}))), []string{last.ID, first.ID})
}
