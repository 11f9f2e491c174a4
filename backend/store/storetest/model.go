package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/backend/job"
)

// known is what a store should hold: the same, in maps.
type known struct {
	client string // of every job of this run, so that runs share a store
	jobs   map[string]job.Job
	pieces map[string]map[int]job.Piece
	links  map[string]string
	made   int
}

// model does the same to a store and to maps, in random order, and compares.
func model(t *testing.T, s job.Store) {
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		k := &known{
			client: fmt.Sprint("client", runs), jobs: map[string]job.Job{},
			pieces: map[string]map[int]job.Piece{}, links: map[string]string{},
		}
		r.Repeat(k.actions(context.Background(), s))
	})
}

func (k *known) actions(ctx context.Context, s job.Store) map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"create": func(r *rapid.T) { k.create(ctx, r, s) },
		"change": func(r *rapid.T) { k.change(ctx, r, s) },
		"add":    func(r *rapid.T) { k.add(ctx, r, s) },
		"forget": func(r *rapid.T) {
			id := k.pick(r)
			if err := s.Forget(ctx, id); err != nil {
				r.Fatal(err)
			}
			delete(k.jobs, id)
			delete(k.pieces, id)
		},
		"list":   func(r *rapid.T) { k.list(ctx, r, s) },
		"pieces": func(r *rapid.T) { k.some(ctx, r, s) },
		"link":   func(r *rapid.T) { k.link(ctx, r, s) },
	}
}

// pick returns the ID of a job that is there, or of one that is not.
func (k *known) pick(r *rapid.T) string {
	all := []string{"0none"}
	for id := range k.jobs {
		all = append(all, id)
	}
	slices.Sort(all)
	return rapid.SampledFrom(all).Draw(r, "id")
}

func (k *known) create(ctx context.Context, r *rapid.T, s job.Store) {
	j := a(k.made, of(k.client), key(rapid.SampledFrom([]string{"", "", "k", "l"}).Draw(r, "key")))
	j.Kind = rapid.SampledFrom([]job.Kind{job.Run, job.Sweep}).Draw(r, "kind")
	k.made++
	want, fresh := j, true
	for _, other := range k.jobs {
		if j.Key != "" && other.Key == j.Key {
			want, fresh = other, false
		}
	}
	got, created, err := s.Create(ctx, j)
	if err != nil || created != fresh {
		r.Fatalf("created %t, %v; want %t", created, err, fresh)
	}
	equal(r, got, want)
	k.jobs[want.ID] = want
}

func (k *known) change(ctx context.Context, r *rapid.T, s job.Store) {
	id := k.pick(r)
	ends := rapid.Bool().Draw(r, "ends")
	change := func(j *job.Job) error {
		j.Done++
		if ends {
			over(j.Done)(j)
		}
		return nil
	}
	got, err := s.Change(ctx, id, change)
	want, ok := k.jobs[id]
	if ok != (err == nil) || !ok && !errors.Is(err, job.ErrUnknown) {
		r.Fatalf("%s is known: %t, but got %v", id, ok, err)
	}
	if !ok {
		return
	}
	_ = change(&want) // it never fails
	equal(r, got, want)
	k.jobs[id] = want
}

func (k *known) add(ctx context.Context, r *rapid.T, s job.Store) {
	id := k.pick(r)
	p := job.Piece{
		Number: rapid.IntRange(0, 12).Draw(r, "number"), Rows: rapid.IntRange(0, 50).Draw(r, "rows"),
		Data: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(r, "data"),
	}
	_, ok := k.jobs[id]
	_, had := k.pieces[id][p.Number]
	created, err := s.AddPiece(ctx, id, p)
	if ok != (err == nil) || !ok && !errors.Is(err, job.ErrUnknown) || created != (ok && !had) {
		r.Fatalf("%s is known: %t, piece %d: %t, but got %t, %v", id, ok, p.Number, had, created, err)
	}
	if !created {
		return
	}
	if k.pieces[id] == nil {
		k.pieces[id] = map[int]job.Piece{}
	}
	k.pieces[id][p.Number] = p
}

func (k *known) list(ctx context.Context, r *rapid.T, s job.Store) {
	p := job.Page{
		Client: k.client, Live: rapid.Bool().Draw(r, "live"), Limit: rapid.IntRange(1, 5).Draw(r, "limit"),
		Kind: rapid.SampledFrom([]job.Kind{"", job.Run, job.Sweep}).Draw(r, "kind"),
	}
	if rapid.Bool().Draw(r, "later page") {
		p.Before = k.pick(r)
	}
	var want []string
	for id, j := range k.jobs {
		if (p.Kind == "" || j.Kind == p.Kind) && (!p.Live || !j.Over()) && (p.Before == "" || id < p.Before) {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	slices.Reverse(want)
	got, err := s.Jobs(ctx, p)
	if err != nil {
		r.Fatal(err)
	}
	equal(r, ids(got), want[:min(p.Limit, len(want))])
	for _, j := range got {
		equal(r, j, k.jobs[j.ID])
	}
}

func (k *known) some(ctx context.Context, r *rapid.T, s job.Store) {
	id := k.pick(r)
	from, limit := rapid.IntRange(0, 12).Draw(r, "from"), rapid.IntRange(1, 12).Draw(r, "limit")
	var all, some []job.Piece
	for n := range 13 {
		if p, ok := k.pieces[id][n]; ok {
			if n >= from && len(some) < limit {
				some = append(some, p)
			}
			p.Data = nil
			all = append(all, p)
		}
	}
	got, err := s.Pieces(ctx, id, from, limit)
	if err != nil {
		r.Fatal(err)
	}
	equal(r, got, some)
	if got, err = s.Tally(ctx, id); err != nil {
		r.Fatal(err)
	}
	equal(r, got, all)
}

func (k *known) link(ctx context.Context, r *rapid.T, s job.Store) {
	id := k.client + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "link")
	doc := rapid.SampledFrom([]string{"x", "y"}).Draw(r, "doc")
	had, ok := k.links[id]
	created, err := s.PutLink(ctx, id, []byte(doc))
	if created == ok || errors.Is(err, job.ErrTaken) != (ok && had != doc) || err != nil && !errors.Is(err, job.ErrTaken) {
		r.Fatalf("%s stands for %q; %q: %t, %v", id, had, doc, created, err)
	}
	if created {
		k.links[id] = doc
	}
}

func equal(r *rapid.T, got, want any) {
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		r.Fatalf("got %s\nwant %s", g, w)
	}
}
