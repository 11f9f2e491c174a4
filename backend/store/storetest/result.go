package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"monde/backend/job"
)

var results = map[string]func(*testing.T, job.Store){
	"results are known by their content": remembers,
	"thousands of results at once":       thousands,
	"a large result is whole":            large,
	"results from many at once":          together,
}

var links = map[string]func(*testing.T, job.Store){
	"a link never changes":              link,
	"of one link from many, one is new": linkRace,
}

func remembers(t *testing.T, s job.Store) {
	if err := s.Remember(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, len(must[map[job.ContentKey][]byte](t)(s.Recall(t.Context(), nil))), 0)
	for _, all := range [][]job.Known{
		{{Key: content(1), Data: []byte("one")}, {Key: content(1), Data: []byte("again")}, {Key: content(2), Data: []byte("two")}},
		{{Key: content(2), Data: []byte("later")}, {Key: content(3), Data: []byte("three")}},
	} {
		if err := s.Remember(t.Context(), all); err != nil {
			t.Fatal(err)
		}
	}
	got := must[map[job.ContentKey][]byte](t)(s.Recall(t.Context(),
		[]job.ContentKey{content(3), content(1), content(9), content(2), content(1)}))
	want := map[job.ContentKey][]byte{content(1): []byte("one"), content(2): []byte("two"), content(3): []byte("three")}
	same(t, got, want)
}

func thousands(t *testing.T, s job.Store) {
	const many = 3001
	var all []job.Known
	var keys []job.ContentKey
	for n := range many {
		all = append(all, job.Known{Key: content(n), Data: fmt.Appendf(nil, "result %d", n)})
		keys = append(keys, content(n), content(-1-n))
	}
	if err := s.Remember(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	got := must[map[job.ContentKey][]byte](t)(s.Recall(t.Context(), keys))
	same(t, len(got), many)
	for _, k := range all {
		same(t, string(got[k.Key]), string(k.Data))
	}
}

func large(t *testing.T, s job.Store) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 2<<16)
	for range 2 {
		if err := s.Remember(t.Context(), []job.Known{{Key: content(1), Data: data}, {Key: content(2), Data: []byte("small")}}); err != nil {
			t.Fatal(err)
		}
	}
	got := must[map[job.ContentKey][]byte](t)(s.Recall(t.Context(), []job.ContentKey{content(1), content(2)}))
	if !bytes.Equal(got[content(1)], data) || string(got[content(2)]) != "small" {
		t.Error("the result is not what it was")
	}
}

func together(t *testing.T, s job.Store) {
	atOnce(8, func(i int) {
		var all []job.Known
		var keys []job.ContentKey
		for n := range 100 { // half of which another one has too
			all = append(all, job.Known{Key: content(n + 50*i), Data: fmt.Append(nil, n+50*i)})
			keys = append(keys, content(n+50*i))
		}
		if err := s.Remember(t.Context(), all); err != nil {
			t.Error(err)
		}
		got, err := s.Recall(t.Context(), keys)
		if err != nil || len(got) != len(keys) {
			t.Errorf("%d of %d, %v", len(got), len(keys), err)
		}
	})
}

func link(t *testing.T, s job.Store) {
	for _, id := range []string{"abc", "ABC", "a.b c*>", "", "é"} {
		doc := []byte("document of " + id)
		if _, err := s.Link(t.Context(), id); !errors.Is(err, job.ErrUnknown) {
			t.Errorf("link %q: %v", id, err)
		}
		if created, err := s.PutLink(t.Context(), id, doc); err != nil || !created {
			t.Errorf("link %q: %t, %v", id, created, err)
		}
		if created, err := s.PutLink(t.Context(), id, doc); err != nil || created {
			t.Errorf("link %q again: %t, %v", id, created, err)
		}
		if created, err := s.PutLink(t.Context(), id, []byte("other")); !errors.Is(err, job.ErrTaken) || created {
			t.Errorf("link %q to something else: %t, %v", id, created, err)
		}
		same(t, string(must[[]byte](t)(s.Link(t.Context(), id))), string(doc))
	}
}

func linkRace(t *testing.T, s job.Store) {
	var created [2]int
	fresh := make(chan int, 16)
	atOnce(16, func(i int) {
		ok, err := s.PutLink(t.Context(), "id", fmt.Append(nil, i%2))
		if err != nil && !errors.Is(err, job.ErrTaken) {
			t.Error(err)
		}
		if ok {
			fresh <- i % 2
		}
	})
	close(fresh)
	for i := range fresh {
		created[i]++
	}
	same(t, created[0]+created[1], 1)
	same(t, string(must[[]byte](t)(s.Link(t.Context(), "id"))), fmt.Sprint(created[1]))
}
