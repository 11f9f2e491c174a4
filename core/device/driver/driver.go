// Package driver looks at one expert on one memory device from all sides: clock by
// clock on the device, from the host that asks for it, and number by number.
//
// It adds no model of its own. Package device times the expert, endpoint the link
// and the queue, isa and memory say what crosses and where it lies, functional
// computes. What it puts between them is ours, as MoNDE (DAC 2024, doi
// 10.1145/3649329.3655951) publishes no driver: two instructions an expert, sizes of
// queue and burst, the wait between polls, and shares of an expert's time.
//
// No execution of an expert near data has been measured anywhere, so nothing here is
// calibrated. It leaves out other experts: no instruction waits for those of another.
package driver

import (
	"errors"

	"monde/core/device"
	"monde/core/fault"
	"monde/core/link"
	"monde/core/model"
	"monde/core/ndp"
	"monde/core/unit"
)

// Caveat is to be shown beside every number of this package.
const Caveat = "Near-data execution of an expert has been measured nowhere: all of this is simulated only."

// Defaults of what a host's driver does. They are ours: nothing is published.
const (
	Queue  = 32               // instructions that the device holds beside the one that runs
	Burst  = 0                // instructions between polls: as many as there is known to be room for
	Poll   = unit.Microsecond // from an answer to the next poll
	Tokens = 8                // of the expert
	Source = "ours: not published"
)

// tooLong is above what any expert takes: 10 hours.
const tooLong = unit.Time(1) << 55

// Spec is what is asked for. Device, Link and Model are those of a valid scenario;
// faults name its fields as the scenario has them.
type Spec struct {
	Device device.Spec
	Link   link.Spec
	Model  model.Spec
	Tokens int  // 1 to 512
	PMove  bool // another expert's weights leave the device over the link all the while
	Queue  int
	Burst  int
	Poll   unit.Time
	Check  bool   // compute numbers, too
	Seed   uint64 // of those
}

// A Report is what there is to say of one expert on one device.
type Report struct {
	Caveat string       `json:"caveat"`
	Device Device       `json:"device"`
	Expert Expert       `json:"expert"`
	Tokens int          `json:"tokens"`
	PMove  bool         `json:"pmove"`
	Sight  device.Sight `json:"sight"` // of Tokens; without a picture of single clocks
	Served []Served     `json:"served"`
	Host   Host         `json:"host"`
	Check  *Check       `json:"check,omitempty"`
}

// Expert is the shape of one.
type Expert struct {
	Model   string     `json:"model"`
	DModel  int        `json:"d_model"`
	DFF     int        `json:"d_ff"`
	Gated   bool       `json:"gated"`
	Bits    float64    `json:"bits"`
	Weights unit.Bytes `json:"weight_bytes"`
}

// Look simulates what s asks for. The error names a scenario's field, or one of
// tokens, queue, burst and poll, or is stop's; a check that fails is none of these:
// Check.Err says so. working, which may be nil, is told now and then how many steps
// of the core are simulated.
func Look(stop fault.Stop, s Spec, working func(done, of int64)) (Report, error) {
	r, err := s.look(stop, working)
	return r, inScenario(err)
}

func (s Spec) look(stop fault.Stop, working func(done, of int64)) (Report, error) {
	if s.Device.Count == 0 {
		return Report{}, fault.At("device.count", "must be at least 1: the machine has no memory device to look at")
	}
	look := s.sight()
	c, err := s.coded()
	if err := errors.Join(look.Validate(), s.endpoint().Validate(), err); err != nil {
		return Report{}, err
	}
	d, err := describe(s.Device)
	if err != nil {
		return Report{}, err
	}
	r := Report{Caveat: Caveat, Device: d, Expert: s.expert(), Tokens: s.Tokens, PMove: s.PMove}
	if err := s.affordable(); err != nil {
		return r, err
	}
	tell := s.progress(working)
	if r.Sight, err = look.Through(stop, tell.look); err != nil {
		return r, err
	}
	r.Sight.Closed = s.closed(s.Tokens)
	clocked, err := device.NewClocked(s.Device, s.shape(), s.moved())
	if err != nil {
		return r, fault.In("device", err)
	}
	clocked.Working(tell.rest)
	if r.Served, err = s.served(stop, clocked); err != nil {
		return r, err
	}
	if r.Host, err = s.host(stop, clocked, c); err != nil || !s.Check {
		return r, err
	}
	check, err := s.check(stop, c)
	r.Check = &check
	return r, err
}

// most is the most tokens that are simulated: the last of numbers, or more.
func (s Spec) most() int { return max(s.Tokens, numbers[len(numbers)-1]) }

// affordable refuses what would take too long, all of numbers included.
func (s Spec) affordable() error {
	d, e := s.Device, s.shape()
	if err := d.Served(e, s.most()); err != nil {
		return fault.In("device", err)
	}
	work := d.Work(e, s.Tokens, s.moved()) + d.Work(e, s.most(), s.moved()) + float64(len(numbers)+1)*d.Work(e, d.NDP.Rows, s.moved())
	return device.Affordable(work, "tokens", "the expert", "take fewer tokens, a faster core or more channels")
}

// telling turns the steps of two simulations into one progress; the zero value tells
// nobody.
type telling struct {
	look func(done, of int64)
	rest func(done int64)
}

// progress counts steps of what affordable counts the work of.
func (s Spec) progress(working func(done, of int64)) telling {
	if working == nil {
		return telling{rest: func(int64) {}}
	}
	core := ndp.New(s.Device.NDP)
	steps := func(t int) int64 { return core.Expert(s.shape(), t).Totals().Steps }
	first := steps(s.Tokens)
	of := first + steps(s.most()) + int64(len(numbers)+1)*steps(s.Device.NDP.Rows)
	return telling{
		look: func(done, _ int64) { working(done, of) },
		rest: func(done int64) { working(min(first+done, of), of) },
	}
}

// sight is what to look at: no clock in particular.
func (s Spec) sight() device.Look {
	m := s.Model
	return device.Look{
		Device: s.Device, DModel: m.DModel, DFF: m.ExpertFF, Gated: m.Gated, Bits: m.ExpertBits,
		Tokens: s.Tokens, PMove: s.moved(), Clocks: 1,
	}
}

// shape returns the expert as package ndp has it.
func (s Spec) shape() ndp.Expert {
	m := s.Model
	return ndp.Expert{DModel: m.DModel, DFF: m.ExpertFF, Gated: m.Gated, Weights: ndp.FormatOf(m.ExpertBits)}
}

func (s Spec) expert() Expert {
	m := s.Model
	return Expert{m.Name, m.DModel, m.ExpertFF, m.Gated, m.ExpertBits, ndp.New(s.Device.NDP).Expert(s.shape(), 1).Size(ndp.Weights)}
}

// moved returns the rate at which PMove reads one device: experts take turns over
// the devices, as they do in a run.
func (s Spec) moved() unit.BytesPerSecond {
	if !s.PMove {
		return 0
	}
	return link.New(s.Link).Rate() / unit.BytesPerSecond(s.Device.Count)
}
