package link_test

import (
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/link"
	"monde/core/unit"
)

func TestNoExchangeBeatsTheBandwidthAndMoreNeverTakesLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := link.Peer{
			Bandwidth:  unit.BytesPerSecond(rapid.Int64Range(1, 1e15).Draw(t, "bandwidth")),
			Efficiency: rapid.Float64Range(1e-6, 1).Draw(t, "efficiency"),
			Latency:    unit.Time(rapid.Int64Range(0, int64(unit.Second)).Draw(t, "latency")),
		}
		b := unit.Bytes(rapid.Int64Range(0, 1<<50).Draw(t, "bytes"))
		got, more := p.Exchange(b), p.Exchange(b+unit.Bytes(rapid.Int64Range(0, 1<<30).Draw(t, "more")))
		if least := p.Bandwidth.Transfer(b); got < least || got < p.Latency || more < got {
			t.Fatalf("%d B take %d ps, more %d, at the bandwidth %d", b, got, more, least)
		}
	})
}

// 120 GB/s of a V100's 150: 12 MB are 100 µs behind 10.
func TestAHandComputedExchange(t *testing.T) {
	p := link.Peers()[len(link.Peers())-1].Spec
	if got := p.Exchange(12e6); got != 110*unit.Microsecond {
		t.Errorf("%s takes %d ps", p.Name, got)
	}
}

func TestEveryFieldThatNoPeerCanHaveIsNamed(t *testing.T) {
	for _, p := range link.Peers() {
		if err := p.Spec.Validate(); err != nil || p.Source == "" {
			t.Errorf("%s: %v, source %q", p.Name, err, p.Source)
		}
	}
	p := link.Peer{Bandwidth: -1, Efficiency: 2, Latency: -1}
	if f := fault.Fields(p.Validate()); len(f) != 3 || f[0].Path != "bandwidth_bytes_per_s" || f[2].Path != "latency_ps" {
		t.Errorf("got %v", f)
	}
	if err := (link.Peer{}).Validate(); err != nil {
		t.Errorf("no link between GPUs: %v", err)
	}
}
