package device

import (
	"monde/core/dram"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// MaxService is the longest that an expert may take, or a run could not add up its
// layers: 70 s.
const MaxService = unit.Time(1) << 46

// MaxWork is how much is simulated clock by clock for one answer, as Work counts: a
// few minutes on one core.
const MaxWork = 2e9

// maxBits is the widest weight that the device's instructions code.
const maxBits = 16

// Coded returns a fault with no path if the device has no instruction for weights of
// so many bits in the mean.
func Coded(bits float64) error {
	return fault.Unless(bits <= maxBits, "", "must be at most %d on a memory device: its instructions code no wider weights, got %v", maxBits, bits)
}

// Served returns a fault with no path if t tokens of e take longer than MaxService
// in closed form.
func (s Spec) Served(e ndp.Expert, t int) error {
	if took := New(s).Expert(t, weightsOf(e), ndp.New(s.NDP).Expert(e, 1).Size(ndp.Weights)); took < 0 || took > MaxService {
		return fault.At("", "%d tokens of an expert take over %.0f s where it lives: too slow for this model and workload", t, MaxService.Seconds())
	}
	return nil
}

// Work returns about how many bursts, refreshes and steps of the core are simulated
// of one channel for t tokens of e, from the closed form of their time: what a
// channel does while the arrays compute slowly is simulated, too. A valid Spec whose
// Memory is unknown has no work.
func (s Spec) Work(e ndp.Expert, t int, pmove unit.BytesPerSecond) float64 {
	channel, channels, err := s.DRAM.Memory()
	if err != nil {
		return 0
	}
	all := ndp.New(s.NDP).Expert(e, t).Totals()
	channel.Channels = channels
	rate := float64(channel.Peak())
	seconds := max(float64(all.Cycles)/float64(s.NDP.Clock), float64(all.Traffic())/rate)
	moved := float64(all.Traffic()) + seconds*min(rate, float64(pmove))
	work := float64(all.Steps) + moved/(float64(channel.Geometry.Burst)*float64(channels))
	if every := refreshEvery(channel); every > 0 {
		work += seconds / every.Seconds()
	}
	return work
}

// refreshEvery returns the time between two refreshes, or 0.
func refreshEvery(s dram.Spec) unit.Time {
	switch s.Controller.Refresh {
	case dram.AllBanks:
		return unit.Time(s.Timing.REFI) * s.Period
	case dram.PerBank:
		return unit.Time(s.Timing.REFIpb) * s.Period
	}
	return 0
}

// Affordable returns a fault at path if work is more than MaxWork. what would take
// it, and instead is what to do about that.
func Affordable(work float64, path, what, instead string) error {
	return fault.Unless(work <= MaxWork, path, "%s would take %.1f billion bursts and refreshes of each memory channel, at most %.1f are simulated; %s",
		what, work/1e9, MaxWork/1e9, instead)
}

// weightsOf returns the weights of one expert.
func weightsOf(e ndp.Expert) int64 {
	n := int64(2)
	if e.Gated {
		n = 3
	}
	return n * int64(e.DModel) * int64(e.DFF)
}
