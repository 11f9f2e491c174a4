package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"monde/backend/socket"
	"monde/core/wire"
)

// A habit is how a watcher behaves.
type habit int

const (
	steady   habit = iota
	slow           // naps after each message, with a small buffer
	dropping       // leaves without a word, and comes back
)

// A watcher follows the shows of a lane.
type watcher struct {
	habit habit
	nap   time.Duration
	url   string
	http  *http.Client
	rng   *rand.Rand
	plain bool

	seq     int64
	rows    map[int]int // points of a sweep, and how often each came
	final   []byte      // the field of the result
	kind    wire.Kind
	delays  []time.Duration
	counted *counts
}

// counts are those of all watchers together.
type counts struct {
	connections, messages, bytes atomic.Int64

	mu     sync.Mutex
	broken int
	why    map[string]int // by reason
}

// broke counts a connection that broke off by itself.
func (c *counts) broke(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why == nil {
		c.why = map[string]int{}
	}
	c.broken++
	c.why[lastOf(err)]++
}

// lastOf returns the innermost reason of an error, without addresses.
func lastOf(err error) string {
	text := err.Error()
	return text[strings.LastIndex(text, ": ")+1:]
}

// smallBuffer is how much the kernel keeps for a slow reader.
const smallBuffer = 4 << 10

func newWatcher(h habit, url string, rng *rand.Rand) *watcher {
	dialer := &net.Dialer{Timeout: 30 * time.Second}
	return &watcher{habit: h, url: url, rng: rng, http: &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if tcp, ok := conn.(*net.TCPConn); ok && h == slow {
				err = tcp.SetReadBuffer(smallBuffer)
			}
			return conn, err
		},
	}}}
}

// watch follows a show to its end, however often it takes. Its error says what is missing.
func (w *watcher) watch(ctx context.Context, s *show) error {
	w.seq, w.rows, w.final, w.kind = 0, map[int]int{}, nil, ""
	for try := 0; ; try++ {
		err := w.connection(ctx, s)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w; the last was: %w", context.Cause(ctx), err)
		}
		if !errors.Is(err, errDropped) {
			w.counted.broke(err)
		}
		if err := sleep(ctx, time.Duration(w.rng.IntN(1000))*time.Millisecond); err != nil {
			return err
		}
	}
	return w.whole(s)
}

// whole says what is missing of a show.
func (w *watcher) whole(s *show) error {
	if s.points == 0 {
		if w.kind != wire.KindReport || len(w.final) == 0 {
			return fmt.Errorf("the result of a run is %q, of %d bytes", w.kind, len(w.final))
		}
		return nil
	}
	if w.kind != wire.KindSwept || len(w.rows) != s.points {
		return fmt.Errorf("the result of a sweep is %q, with %d of %d points", w.kind, len(w.rows), s.points)
	}
	return nil
}

// digest names what a watcher got.
func (w *watcher) digest() [32]byte { return sha256.Sum256(w.final) }

// errDropped is a watcher that left on purpose.
var errDropped = errors.New("dropped")

// connection follows a show over one connection; nil after its end.
func (w *watcher) connection(ctx context.Context, s *show) error {
	conn, res, err := socket.Dial(ctx, w.url+s.path+"?from="+strconv.FormatInt(w.seq, 10), socket.How{
		HTTP: w.http, ReadLimit: 64 << 20, Plain: w.plain,
	})
	if err != nil {
		if res != nil {
			return fmt.Errorf("status %d: %w", res.StatusCode, err)
		}
		return err
	}
	defer conn.Drop()
	w.counted.connections.Add(1)
	left := 1 + w.rng.IntN(20) // messages until it drops, if it does
	for began := time.Now(); ; left-- {
		text, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		end, err := w.take(text, began)
		switch {
		case err != nil:
			return err
		case end:
			_ = conn.Close() // all was said
			return nil
		case w.habit == dropping && left <= 0:
			return errDropped
		case w.habit == slow:
			if err := sleep(ctx, w.nap/2+time.Duration(w.rng.Int64N(int64(w.nap)))); err != nil {
				return err
			}
		}
	}
}

// A told is what a watcher reads of a message.
type told struct {
	Seq    int64           `json:"seq"`
	Kind   wire.Kind       `json:"kind"`
	At     int64           `json:"at_ms"`
	Report json.RawMessage `json:"report"`
	Swept  json.RawMessage `json:"swept"`
	Failed json.RawMessage `json:"failed"`
	Rows   struct {
		List []struct {
			Index int `json:"index"`
		} `json:"list"`
	} `json:"rows"`
}

// take hears a message of a connection; true of the last one.
func (w *watcher) take(text []byte, began time.Time) (end bool, err error) {
	now := time.Now()
	var m told
	if err := json.Unmarshal(text, &m); err != nil {
		return false, err
	}
	if m.Seq <= w.seq && m.Kind != wire.KindMoved {
		return false, fmt.Errorf("message %d comes after %d", m.Seq, w.seq)
	}
	w.seq = m.Seq
	w.counted.messages.Add(1)
	w.counted.bytes.Add(int64(len(text)))
	if said := time.UnixMilli(m.At); m.At > 0 && said.After(began) {
		w.delays = append(w.delays, max(0, now.Sub(said)))
	}
	for _, row := range m.Rows.List {
		w.rows[row.Index]++
	}
	switch m.Kind {
	case wire.KindReport:
		w.kind, w.final = m.Kind, m.Report
	case wire.KindSwept:
		w.kind, w.final = m.Kind, m.Swept
	case wire.KindFailed:
		w.kind, w.final = m.Kind, m.Failed
	}
	return m.Kind == wire.KindEnd, nil
}
