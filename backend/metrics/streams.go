package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// streams are the metrics of those who watch.
type streams struct {
	watchers prometheus.Gauge
	dropped  prometheus.Counter
	delay    prometheus.Histogram
}

func newStreams() streams {
	return streams{
		watchers: gauge("watchers", "Streams that are open."),
		dropped:  counter("streams_dropped_slow_total", "Streams that were ended because their client read too slowly."),
		delay:    histogram("message_delay_seconds", "Time from a message's making until it was written to a stream.", 0.0005, 2, 16), // to 16 s
	}
}

func (s streams) all() []prometheus.Collector {
	return []prometheus.Collector{s.watchers, s.dropped, s.delay}
}

// Watching counts a stream that is open until the function that it returns is called.
func (m *Metrics) Watching() (left func()) {
	if m == nil {
		return func() {}
	}
	m.streams.watchers.Inc()
	return m.streams.watchers.Dec
}

// DroppedSlow counts a stream that was ended because its client read too slowly.
func (m *Metrics) DroppedSlow() {
	if m != nil {
		m.streams.dropped.Inc()
	}
}

// MessageDelay records how long a message was under way within the server.
func (m *Metrics) MessageDelay(d time.Duration) {
	if m != nil {
		m.streams.delay.Observe(d.Seconds())
	}
}
