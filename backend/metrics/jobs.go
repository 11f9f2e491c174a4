package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Result is how a point of a job ended.
type Result string

// Results.
const (
	OK     Result = "ok"
	Failed Result = "failed"
	Reused Result = "reused" // known before
)

// jobs are the metrics of what is worked on.
type jobs struct {
	points *prometheus.CounterVec
	pieces prometheus.Counter
	took   prometheus.Histogram
	ended  *prometheus.CounterVec
	queue  prometheus.Gauge
	work   prometheus.Gauge
}

func newJobs() jobs {
	j := jobs{
		points: counters("points_total", "Points of jobs recorded, by result.", "result"),
		pieces: counter("pieces_total", "Pieces of jobs that this process recorded."),
		took:   histogram("piece_seconds", "Time that a worker took for a piece.", 0.005, 2, 15), // to 82 s
		ended:  counters("jobs_total", "Jobs by kind, each time they enter a state.", "kind", "state"),
		queue:  gauge("queue_depth", "Pieces that this process gave out and that are not recorded yet."),
		work:   gauge("workers", "Workers that are there, of any process."),
	}
	for _, r := range []Result{OK, Failed, Reused} {
		j.points.WithLabelValues(string(r)) // a rate needs the zero before the first
	}
	return j
}

func (j jobs) all() []prometheus.Collector {
	return []prometheus.Collector{j.points, j.pieces, j.took, j.ended, j.queue, j.work}
}

// Points counts n points that were recorded.
func (m *Metrics) Points(r Result, n int) {
	if m != nil {
		m.jobs.points.WithLabelValues(string(r)).Add(float64(n))
	}
}

// Piece counts a piece that this process did.
func (m *Metrics) Piece(took time.Duration) {
	if m != nil {
		m.jobs.pieces.Inc()
		m.jobs.took.Observe(took.Seconds())
	}
}

// Job counts a job that enters a state. Both names must come from a fixed set.
func (m *Metrics) Job(kind, state string) {
	if m != nil {
		m.jobs.ended.WithLabelValues(kind, state).Inc()
	}
}

// QueueDepth says how many pieces wait or are worked on.
func (m *Metrics) QueueDepth(pieces int) {
	if m != nil {
		m.jobs.queue.Set(float64(pieces))
	}
}

// Workers says how many workers this process has.
func (m *Metrics) Workers(n int) {
	if m != nil {
		m.jobs.work.Set(float64(n))
	}
}
