package client_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"testing"

	"monde/core/sweep"
	"monde/core/wire"
)

func TestRowsComeInOrderAndThoseToComeAreWaitedFor(t *testing.T) {
	const all = 4500
	there, asked := 1500, 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 2 {
			drop(t, w)
			return
		}
		from, _ := strconv.Atoi(r.FormValue("from"))
		limit, _ := strconv.Atoi(r.FormValue("limit"))
		page := wire.RowsPage{Rows: []sweep.Row{}}
		for i := from; i < min(there, from+limit); i++ {
			page.Rows = append(page.Rows, sweep.Row{Index: i, Values: []sweep.Value{sweep.Number(1)}})
		}
		if end := from + len(page.Rows); end < all {
			page.Next = r.URL.Path + "?limit=" + r.FormValue("limit") + "&from=" + strconv.Itoa(end)
		}
		there = all
		_ = json.NewEncoder(w).Encode(page)
	})
	next := 0
	for rows, err := range c.Rows(t.Context(), "a", 0) {
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.Index != next {
				t.Fatalf("row %d comes as %d", row.Index, next)
			}
			next++
		}
	}
	if next != all {
		t.Errorf("%d rows of %d", next, all)
	}
}

func TestAnAnswerThatBreaksOffIsAskedForAgain(t *testing.T) {
	times := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if times++; times == 1 {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"digest":"wrong","tit`)
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, `{"title":"right"}`)
	})
	rep, err := c.Report(t.Context(), "a")
	if err != nil || rep.Title != "right" || rep.Digest != "" {
		t.Errorf("%q, %q, %v", rep.Title, rep.Digest, err)
	}
}
