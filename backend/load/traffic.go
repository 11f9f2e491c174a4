package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"monde/backend/client"
	"monde/core/wire"
)

// A visitor asks a server for this and that.
type visitor struct {
	url    string
	http   *http.Client
	follow *client.Client
	rng    *rand.Rand
	runs   []string // some that it started
	sweeps []string
	links  []string
	note   func(name string, status int, ok bool)
}

// A deed is something that visitors do, so often of a hundred.
type deed struct {
	name  string
	often int
	do    func(*visitor, context.Context) error
}

// deeds is what mixed traffic consists of.
var deeds = []deed{
	{"run", 14, (*visitor).run},
	{"sweep", 8, (*visitor).sweep},
	{"cancel", 6, (*visitor).cancel},
	{"stream again", 6, (*visitor).again},
	{"leave a stream", 4, (*visitor).leave},
	{"state", 12, (*visitor).state},
	{"list", 10, (*visitor).list},
	{"download", 8, (*visitor).download},
	{"link", 10, (*visitor).link},
	{"page", 8, (*visitor).page},
	{"mistake", 14, (*visitor).mistake},
}

// visit does one deed.
func (v *visitor) visit(ctx context.Context) (name string, err error) {
	n := v.rng.IntN(100)
	for _, d := range deeds {
		if n -= d.often; n < 0 {
			return d.name, d.do(v, ctx)
		}
	}
	return "", nil
}

// ask sends a request; the answer must have one of some statuses.
func (v *visitor) ask(ctx context.Context, method, path, body string, want ...int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, v.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := v.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	ok := slices.Contains(want, res.StatusCode) || len(want) == 0 && res.StatusCode < 300
	v.note(method+" "+path, res.StatusCode, ok)
	if !ok {
		return nil, fmt.Errorf("%s %s: %d, want %v: %.300s", method, path, res.StatusCode, want, text)
	}
	return text, nil
}

// scenario returns a small one; many are alike.
func (v *visitor) scenario() string {
	return fmt.Sprintf(`{"model":"qwen3-30b-a3b","seed":%d,"workload":{"phase":"decode","batch":%d,"output_tokens":%d}}`,
		v.rng.IntN(1000), 1+v.rng.IntN(8), 1+v.rng.IntN(8))
}

// start starts a job, and returns where its stream is. The server may be busy.
func (v *visitor) start(ctx context.Context, path, body string) (stream string, err error) {
	text, err := v.ask(ctx, "POST", path, body, 202, 429)
	if err != nil {
		return "", err
	}
	var s struct {
		ID, Stream string
	}
	if err := json.Unmarshal(text, &s); err != nil || s.ID == "" {
		return "", sleep(ctx, 500*time.Millisecond) // it is busy
	}
	if strings.HasSuffix(path, "runs") {
		v.runs = remember(v.rng, v.runs, s.ID)
	} else {
		v.sweeps = remember(v.rng, v.sweeps, s.ID)
	}
	return s.Stream, nil
}

// remember adds a name to a few.
func remember(rng *rand.Rand, names []string, name string) []string {
	if len(names) < 20 {
		return append(names, name)
	}
	names[rng.IntN(len(names))] = name
	return names
}

// one returns a name of some; if there is none, one that nobody knows.
func (v *visitor) one(names []string) (name string, known bool) {
	if len(names) == 0 {
		return "nobody", false
	}
	return names[v.rng.IntN(len(names))], true
}

// watch follows a stream to its end.
func (v *visitor) watch(ctx context.Context, path string) error {
	var last wire.Kind
	err := v.follow.Follow(ctx, &client.Stream{Path: path}, func(m wire.Message) error {
		if m.Kind != wire.KindEnd {
			last = m.Kind
		}
		return nil
	})
	if err == nil && last != wire.KindReport && last != wire.KindSwept && last != wire.KindFailed {
		err = fmt.Errorf("%s ended with %q", path, last)
	}
	return err
}

func (v *visitor) run(ctx context.Context) error {
	stream, err := v.start(ctx, "/api/v1/runs", v.scenario())
	if err != nil || stream == "" {
		return err
	}
	return v.watch(ctx, stream)
}

func (v *visitor) sweep(ctx context.Context) error {
	stream, err := v.start(ctx, "/api/v1/sweeps", v.grid(5+v.rng.IntN(40)))
	if err != nil || stream == "" {
		return err
	}
	return v.watch(ctx, stream)
}

// grid returns a sweep of so many points.
func (v *visitor) grid(points int) string {
	return fmt.Sprintf(`{"scenario":%s,"sweep":{"method":"grid","axes":[{"path":"seed","from":%d,"to":%d,"steps":%d,"whole":true}]}}`,
		v.scenario(), 1, 100*points, points)
}

// cancel starts something long, and ends it.
func (v *visitor) cancel(ctx context.Context) error {
	stream, err := v.start(ctx, "/api/v1/sweeps", v.grid(5000))
	if err != nil || stream == "" {
		return err
	}
	if err := sleep(ctx, time.Duration(v.rng.IntN(500))*time.Millisecond); err != nil {
		return err
	}
	if _, err := v.ask(ctx, "DELETE", strings.TrimSuffix(stream, "/stream"), ""); err != nil {
		return err
	}
	return v.watch(ctx, stream)
}

// again follows what may have been over for long.
func (v *visitor) again(ctx context.Context) error {
	id, known := v.one(v.runs)
	if !known {
		return nil
	}
	return v.watch(ctx, "/api/v1/runs/"+id+"/stream")
}

// leave goes away in the middle of a stream.
func (v *visitor) leave(ctx context.Context) error {
	stream, err := v.start(ctx, "/api/v1/sweeps", v.grid(100))
	if err != nil || stream == "" {
		return err
	}
	short, cancel := context.WithTimeout(ctx, time.Duration(v.rng.IntN(300))*time.Millisecond)
	defer cancel()
	_ = v.watch(short, stream) // it is cut off, as a rule
	return nil
}

func (v *visitor) state(ctx context.Context) error {
	id, known := v.one(v.runs)
	if !known {
		_, err := v.ask(ctx, "GET", "/api/v1/runs/"+id, "", 404)
		return err
	}
	if _, err := v.ask(ctx, "GET", "/api/v1/runs/"+id, ""); err != nil {
		return err
	}
	_, err := v.ask(ctx, "GET", "/api/v1/runs/"+id+"/report", "", 200, 409)
	return err
}

func (v *visitor) list(ctx context.Context) error {
	path := "/api/v1/runs?limit=20"
	if v.rng.IntN(2) == 0 {
		path = "/api/v1/sweeps?limit=20"
	}
	for range 3 {
		text, err := v.ask(ctx, "GET", path, "")
		if err != nil {
			return err
		}
		var l struct{ Next string }
		if err := json.Unmarshal(text, &l); err != nil || l.Next == "" {
			return err
		}
		path = l.Next
	}
	return nil
}

func (v *visitor) download(ctx context.Context) error {
	id, known := v.one(v.sweeps)
	if !known {
		return nil
	}
	format := []string{"csv", "jsonl", "parquet"}[v.rng.IntN(3)]
	if _, err := v.ask(ctx, "GET", "/api/v1/sweeps/"+id+"/results?format="+format, ""); err != nil {
		return err
	}
	_, err := v.ask(ctx, "GET", "/api/v1/sweeps/"+id+"/rows?limit=50", "")
	return err
}

func (v *visitor) link(ctx context.Context) error {
	text, err := v.ask(ctx, "POST", "/api/v1/links", v.scenario())
	if err != nil {
		return err
	}
	var l wire.Link
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	v.links = remember(v.rng, v.links, l.ID)
	id, _ := v.one(v.links)
	text, err = v.ask(ctx, "GET", "/api/v1/links/"+id, "")
	if err == nil && !bytes.Contains(text, []byte(id)) {
		err = fmt.Errorf("link %s is %.200s", id, text)
	}
	return err
}

func (v *visitor) page(ctx context.Context) error {
	path := []string{"/api/v1/catalog", "/openapi.json", "/docs", "/healthz", "/readyz"}[v.rng.IntN(5)]
	_, err := v.ask(ctx, "GET", path, "")
	return err
}

// mistake asks for what cannot be had.
func (v *visitor) mistake(ctx context.Context) error {
	m := mistakes[v.rng.IntN(len(mistakes))]
	_, err := v.ask(ctx, m.method, m.path, m.body, m.status)
	return err
}

// mistakes are requests that are refused.
var mistakes = []struct {
	method, path, body string
	status             int
}{
	{"POST", "/api/v1/runs", `{`, 422},
	{"POST", "/api/v1/runs", `{"workload":{"batch":0}}`, 422},
	{"POST", "/api/v1/runs", `{"speed":"fast"}`, 422},
	{"POST", "/api/v1/runs", `{"title":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
	{"POST", "/api/v1/runs", `{"workload":{"routing":{"source":"file","sha256":"` + strings.Repeat("0", 64) + `"}}}`, 422},
	{"POST", "/api/v1/sweeps", `{"sweep":{"method":"grid","axes":[]}}`, 422},
	{"POST", "/api/v1/sweeps", `[]`, 422},
	{"POST", "/api/v1/links", `null`, 422},
	{"PUT", "/api/v1/traces", `no trace`, 422},
	{"GET", "/api/v1/runs/nobody", "", 404},
	{"GET", "/api/v1/runs/nobody/stream", "", 404},
	{"GET", "/api/v1/sweeps/nobody/results", "", 404},
	{"GET", "/api/v1/links/nobody", "", 404},
	{"GET", "/api/v1/runs?limit=100000", "", 422},
	{"GET", "/api/v1/runs?cursor=!", "", 422},
	{"DELETE", "/api/v1/sweeps/nobody", "", 404},
	{"PATCH", "/api/v1/runs", "", 405},
}
