package storetest

import (
	"slices"
	"testing"

	"monde/backend/job"
)

var pages = map[string]func(*testing.T, job.Store){
	"jobs are listed newest first":             newest,
	"a page goes on where the one before ends": goesOn,
	"a page has only what it asks for":         only,
}

func newest(t *testing.T, s job.Store) {
	same(t, len(must[[]job.Job](t)(s.Jobs(t.Context(), job.Page{Limit: 9}))), 0)
	var want []string
	for _, n := range []int{5, 1, 4, 2, 3} {
		want = append(want, create(t, s, a(n)).ID)
	}
	slices.Sort(want)
	slices.Reverse(want)
	all := must[[]job.Job](t)(s.Jobs(t.Context(), job.Page{Limit: 9}))
	same(t, ids(all), want)
	same(t, all[0].Created, began.Add(5e9))
}

func goesOn(t *testing.T, s job.Store) {
	var want, got []string
	for n := range 7 {
		want = append(want, create(t, s, a(n)).ID)
	}
	slices.Reverse(want)
	for page := (job.Page{Limit: 3}); ; {
		some := must[[]job.Job](t)(s.Jobs(t.Context(), page))
		if len(some) == 0 {
			break
		}
		got = append(got, ids(some)...)
		page.Before = some[len(some)-1].ID
		create(t, s, a(100+len(got))) // newer ones do not shift the pages that follow
	}
	same(t, got, want)
}

func only(t *testing.T, s job.Store) {
	var all []job.Job
	n := 0
	for _, client := range []string{"a", "b c", "é.*>"} {
		for _, kind := range []job.Kind{job.Run, job.Sweep} {
			for _, end := range []func(*job.Job){over(1), func(*job.Job) {}} {
				all = append(all, create(t, s, a(n, of(client), func(j *job.Job) { j.Kind = kind }, end)))
				n++
			}
		}
	}
	slices.Reverse(all)
	for _, kind := range []job.Kind{"", job.Run, job.Sweep} {
		for _, client := range []string{"", "a", "b c", "é.*>", "none"} {
			for _, live := range []bool{false, true} {
				var want []string
				for _, j := range all[1:] {
					if (kind == "" || j.Kind == kind) && (client == "" || j.Client == client) && (!live || !j.Over()) {
						want = append(want, j.ID)
					}
				}
				page := job.Page{Kind: kind, Client: client, Live: live, Before: all[0].ID, Limit: 2}
				same(t, ids(must[[]job.Job](t)(s.Jobs(t.Context(), page))), want[:min(2, len(want))])
			}
		}
	}
}
