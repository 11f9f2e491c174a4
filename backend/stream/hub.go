// Package stream shows jobs to watchers, as they happen.
//
// What a job says is in the queue's stream of events and its results are in the record,
// so any server shows any job, early, late or again, and a watcher that comes
// back after its connection or its server was lost goes on where it was. Each job that is
// watched here has one Log, which all of its watchers share. It leaves out how jobs run
// (package job), and who may watch.
package stream

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
	"monde/backend/metrics"
)

// Record is what a hub reads of the record of jobs.
type Record interface {
	Job(ctx context.Context, id string) (job.Job, error)
	Pieces(ctx context.Context, id string, from, limit int) ([]job.Piece, error)
	Tally(ctx context.Context, id string) ([]job.Piece, error)
}

// Limits bound what a server spends on watchers.
type Limits struct {
	Watchers int // at once
	Client   int // of one client
	Rows     int // points of a sweep whose rows are shown as they come; of larger ones only progress is
}

// DefaultLimits suit a small server.
func DefaultLimits() Limits { return Limits{Watchers: 4096, Client: 1024, Rows: 50_000} }

// What a hub refuses.
var (
	ErrCrowded = errors.New("too many streams are open; try again later")
	ErrLeaving = errors.New("the server is shutting down")
	ErrFuture  = errors.New("no message of this job has this number")
)

// linger is for how long a job's log stays when its last watcher has left.
const linger = 10 * time.Second

// A Hub holds the logs of the jobs that are watched here.
type Hub struct {
	js      jetstream.JetStream
	record  Record
	limits  Limits
	log     *slog.Logger
	crowd   *crowd
	metrics *metrics.Metrics

	mu    sync.Mutex
	feeds map[string]*feed
}

// New returns a hub without watchers. m may be nil.
func New(js jetstream.JetStream, record Record, limits Limits, m *metrics.Metrics, log *slog.Logger) *Hub {
	return &Hub{js: js, record: record, limits: limits, log: log, crowd: newCrowd(limits), metrics: m, feeds: map[string]*feed{}}
}

// Watch makes the request a WebSocket and sends what a job says after message number
// seq, up to the end message. Then the client closes: a close that the server
// begins reaches Chromium as 1006. Only pages of the same origin may connect.
func (h *Hub) Watch(w http.ResponseWriter, req *http.Request, client, id string, seq int64) error {
	ctx, out, err := h.crowd.join(client)
	if err != nil {
		return err
	}
	defer out()
	f, leave, err := h.enter(req.Context(), id)
	if err != nil {
		return err
	}
	defer leave()
	if last, ended := f.log.Last(); ended && seq > last {
		return ErrFuture
	}
	defer h.metrics.Watching()()
	h.socket(ctx, w, req, &f.log, seq)
	return nil
}

// enter returns the feed of a job, which stays at least until leave.
func (h *Hub) enter(ctx context.Context, id string) (f *feed, leave func(), err error) {
	h.mu.Lock()
	f = h.feeds[id]
	if f != nil {
		f.watchers++
	}
	h.mu.Unlock()
	if f == nil {
		if _, err := h.record.Job(ctx, id); err != nil {
			return nil, nil, err
		}
		h.mu.Lock()
		if f = h.feeds[id]; f == nil {
			f = h.open(id)
			h.feeds[id] = f
		}
		f.watchers++
		h.mu.Unlock()
	}
	return f, func() { h.leave(id, f) }, nil
}

// leave counts a watcher out. The feed goes a while after the last one.
func (h *Hub) leave(id string, f *feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.watchers--
	if f.watchers > 0 {
		return
	}
	f.idle++
	mark := f.idle
	f.timer = time.AfterFunc(linger, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if f.watchers == 0 && f.idle == mark && h.feeds[id] == f {
			delete(h.feeds, id)
			f.stop()
		}
	})
}

// Watchers returns how many watch a job here.
func (h *Hub) Watchers(id string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.feeds[id]; f != nil {
		return f.watchers
	}
	return 0
}

// Close tells watchers to go elsewhere, waits for them until ctx ends, and then cuts
// them off.
func (h *Hub) Close(ctx context.Context) {
	h.crowd.close(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, f := range h.feeds {
		if f.timer != nil {
			f.timer.Stop()
		}
		delete(h.feeds, id)
		f.stop()
	}
}
