package stream

//lint:file-ignore SA1019 See backend/stream/socket.go.

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"monde/core/wire"
)

// serveRun answers every request with the stream of r, from ?from.
func serveRun(t *testing.T, g *Registry, r *Run) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		from, _ := strconv.ParseInt(req.FormValue("from"), 10, 64)
		if err := g.Watch(w, req, r, from); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { closeSoon(g) }) // first: Close waits for nobody that was hijacked
	return strings.Replace(s.URL, "http", "ws", 1)
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// read returns messages up to the first for which last says true.
func read(t *testing.T, conn *websocket.Conn, last func(wire.Message) bool) (raw [][]byte) {
	t.Helper()
	for {
		_, text, err := conn.Read(t.Context())
		if err != nil {
			t.Errorf("after %d messages: %v", len(raw), err)
			return raw
		}
		raw = append(raw, text)
		var m wire.Message
		if err := json.Unmarshal(text, &m); err != nil {
			t.Error(err)
			return raw
		}
		if last(m) {
			return raw
		}
	}
}

func isEnd(m wire.Message) bool { return m.Kind == wire.KindEnd }

func TestFiftyWatchersGetTheSameReport(t *testing.T) {
	g := newRegistry(t, simulateLayers(200), smallLimits())
	url := serveRun(t, g, mustStart(t, g, "a"))
	reports := make([][]byte, 50)
	var all sync.WaitGroup
	for i := range reports {
		conn := dial(t, url)
		all.Go(func() {
			raw := read(t, conn, isEnd)
			reports[i] = raw[len(raw)-2]
			if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
				t.Errorf("watcher %d closed: %v", i, err)
			}
		})
	}
	all.Wait()
	for i, r := range reports {
		if !bytes.Equal(r, reports[0]) || !bytes.Contains(r, []byte("digest of a")) {
			t.Errorf("watcher %d got %s, watcher 0 got %s", i, r, reports[0])
		}
	}
}

func TestAWatcherThatComesBackMissesNothing(t *testing.T) {
	l := smallLimits()
	l.Partial = 5 * time.Millisecond
	g := newRegistry(t, simulateLayers(100), l)
	r := mustStart(t, g, "a")
	url := serveRun(t, g, r)
	var seen []wire.Message
	for from := int64(0); ; {
		conn := dial(t, url+"?from="+strconv.FormatInt(from, 10))
		n := 0
		read(t, conn, func(m wire.Message) bool {
			seen = append(seen, m)
			from, n = m.Seq, n+1
			return n == 3 || isEnd(m)
		})
		_ = conn.CloseNow() // as a network does
		if isEnd(seen[len(seen)-1]) {
			break
		}
	}
	var got, want []int64
	for _, m := range seen {
		if m.Kind != wire.KindProgress {
			got = append(got, m.Seq)
		}
	}
	for _, m := range watch(t, r, 0) {
		if m.Kind != wire.KindProgress {
			want = append(want, m.Seq)
		}
	}
	if len(want) < 10 || len(got) != len(want) {
		t.Errorf("saw %d of %d messages: %d, %d", len(got), len(want), got, want)
	}
}

func TestARunGoesOnWhenItsWatchersLeave(t *testing.T) {
	g := newRegistry(t, simulateLayers(50), smallLimits())
	r := mustStart(t, g, "a")
	conn := dial(t, serveRun(t, g, r))
	read(t, conn, func(wire.Message) bool { return true })
	_ = conn.CloseNow()
	watch(t, r, 0)
	if s := r.State().State; s != wire.StateDone {
		t.Errorf("state is %q", s)
	}
}

func TestASlowWatcherHoldsNobodyUp(t *testing.T) {
	g := newRegistry(t, simulateLayers(200), smallLimits())
	url := serveRun(t, g, mustStart(t, g, "a"))
	slow := dial(t, url)
	read(t, dial(t, url), isEnd) // done before the slow one reads at all
	if raw := read(t, slow, isEnd); len(raw) == 0 {
		t.Error("the slow watcher got nothing")
	}
}

func TestHostileFramesEndOnlyTheirOwnConnection(t *testing.T) {
	g := newRegistry(t, simulateForever, smallLimits())
	r := mustStart(t, g, "a")
	url := serveRun(t, g, r)
	good := dial(t, url)
	read(t, good, func(m wire.Message) bool { return m.Kind == wire.KindPartial })
	for _, text := range []string{"{}", strings.Repeat("x", 1<<16)} {
		bad := dial(t, url)
		err := bad.Write(t.Context(), websocket.MessageBinary, []byte(text)) // may be cut off on the way
		for err == nil {
			_, _, err = bad.Read(t.Context())
		}
	}
	r.Cancel()
	read(t, good, isEnd)
}

func TestPagesOfAnotherOriginAreRefused(t *testing.T) {
	g := newRegistry(t, simulateForever, smallLimits())
	url := serveRun(t, g, mustStart(t, g, "a"))
	_, res, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {"https://elsewhere.example"}},
	})
	if err == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("got %v, %v", res, err)
	}
}

func TestAClientThatVanishesIsNotWatchingAnyMore(t *testing.T) {
	g := newRegistry(t, simulateForever, smallLimits())
	r := mustStart(t, g, "a")
	conn := dial(t, serveRun(t, g, r))
	read(t, conn, func(wire.Message) bool { return true })
	if n := r.State().Watchers; n != 1 {
		t.Errorf("%d watchers, want 1", n)
	}
	_ = conn.CloseNow()
	for r.State().Watchers != 0 {
		time.Sleep(time.Millisecond) // the test's own time limit ends it
	}
}

func TestClosingTellsWatchersBeforeItCutsThemOff(t *testing.T) {
	t.Parallel() // it waits closeWithin
	g := newRegistry(t, simulateForever, smallLimits())
	conn := dial(t, serveRun(t, g, mustStart(t, g, "a")))
	go closeSoon(g)
	raw := read(t, conn, isEnd)
	if !bytes.Contains(raw[len(raw)-2], []byte(ErrClosing.Error())) {
		t.Errorf("the last words are %s", raw[len(raw)-2])
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*closeWithin)
	defer cancel()
	if _, _, err := conn.Read(ctx); err == nil {
		t.Error("something follows the end")
	}
}
