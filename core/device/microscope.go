package device

import (
	"errors"

	"monde/core/dram"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// A Look asks what one expert does on a device, clock by clock.
type Look struct {
	Device Spec                `json:"device"`
	DModel int                 `json:"d_model"`
	DFF    int                 `json:"d_ff"`
	Gated  bool                `json:"gated"`
	Bits   float64             `json:"bits"`   // a weight, in the mean; 16 is bf16
	Tokens int                 `json:"tokens"` // 1 to 512
	PMove  unit.BytesPerSecond `json:"pmove_bytes_per_s"`
	From   int64               `json:"from"`   // clock of the memory at which the picture begins
	Clocks int64               `json:"clocks"` // that it shows, at most 20,000
}

// A Sight is what there is to see.
type Sight struct {
	Period  unit.Time           `json:"period_ps"` // of the memory's clock
	Groups  int                 `json:"bank_groups"`
	Banks   int                 `json:"banks_per_group"`
	Ranks   int                 `json:"ranks"`
	CL      int32               `json:"CL"`  // clocks from RD to its data
	CWL     int32               `json:"CWL"` // from WR
	BL      int32               `json:"BL"`  // clocks that a burst takes on the data bus
	RFC     int32               `json:"RFC"` // clocks that a refresh of all banks takes
	RFCpb   int32               `json:"RFCpb"`
	From    int64               `json:"from"`
	To      int64               `json:"to"`
	Ops     []string            `json:"ops"`      // names of commands
	Command []int32             `json:"commands"` // clock less From, op, bank of all ranks (-1: all of rank 0), row, burst in the row; five a command
	Arrays  []int64             `json:"arrays"`   // when the arrays compute, in ps: from, to; two a stretch
	Cores   unit.Clock          `json:"clock_hz"` // of the arrays
	Profile []float64           `json:"profile"`  // share of the data bus in use, over the whole run, in equal parts
	Time    unit.Time           `json:"time_ps"`  // of the whole run
	Closed  unit.Time           `json:"closed_ps"`
	Weights unit.Bytes          `json:"weight_bytes"` // streamed
	Reached unit.BytesPerSecond `json:"reached_bytes_per_s"`
	Peak    unit.BytesPerSecond `json:"peak_bytes_per_s"`
	Busy    float64             `json:"arrays_busy"`
	Bus     []Share             `json:"bus"` // what the data bus did: shares that sum to 1
	Hits    float64             `json:"row_hits"`
	Counts  []Count             `json:"counts"` // commands of one channel
	Energy  []Joules            `json:"energy"`
	Area    []Square            `json:"area"`
	Bound   string              `json:"bound"` // what limits the device, in a sentence
}

// Share is a part of the data bus' time.
type Share struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
}

// Count is how often a command was issued.
type Count struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// Joules is what a part of the device took, in picojoules, of all channels.
type Joules struct {
	Name   string      `json:"name"`
	Energy unit.Energy `json:"energy_pj"`
	Source string      `json:"source"`
}

// Square is what a block of the core takes, in square micrometres.
type Square struct {
	Name string `json:"name"`
	Area int64  `json:"area_um2"`
}

const (
	maxLook    = 20_000 // clocks in a picture
	maxTokens  = 512
	inProfile  = 240
	maxWeights = 1 << 28 // of an expert that one looks at
)

// Validate reports every field that nobody can look at.
func (l Look) Validate() error {
	return errors.Join(
		fault.In("device", l.Device.Validate()),
		fault.Within("device.count", l.Device.Count, 1, MaxCount),
		fault.Unless(!l.Device.Stacked, "device.stacked", "only a device of its own is simulated clock by clock"),
		fault.Within("d_model", l.DModel, 1, 1<<17),
		fault.Within("d_ff", l.DFF, 1, 1<<17),
		fault.Unless(l.DModel*l.DFF <= maxWeights, "d_ff", "times d_model must be at most %d", maxWeights),
		fault.Unless(l.Bits >= 0.5, "bits", "must be at least 0.5, got %v", l.Bits),
		fault.In("bits", Coded(l.Bits)),
		fault.Within("tokens", l.Tokens, 1, maxTokens),
		fault.Within("pmove_bytes_per_s", l.PMove, 0, 1e15),
		fault.Within("from", l.From, 0, 1<<50),
		fault.Within("clocks", l.Clocks, 1, maxLook),
	)
}

// Through simulates what l asks for. working, which may be nil, is told now and then
// how many steps of the core are computed.
func (l Look) Through(stop fault.Stop, working func(done, of int64)) (Sight, error) {
	if err := l.Validate(); err != nil {
		return Sight{}, err
	}
	e := ndp.Expert{DModel: l.DModel, DFF: l.DFF, Gated: l.Gated, Weights: ndp.FormatOf(l.Bits)}
	if err := l.Device.lookable(e, l.Tokens, l.PMove); err != nil {
		return Sight{}, err
	}
	c, err := NewClocked(l.Device, e, l.PMove)
	if err != nil {
		return Sight{}, fault.In("device", err)
	}
	v := viewer{look: l, to: l.From + l.Clocks, period: c.channel.Period, commands: []int32{}, busy: []int64{}}
	s := c.fresh(l.Tokens)
	s.port = dram.NewPort(c.channel, v.command)
	s.engine.watch = v.arrays
	if working != nil {
		of := c.core.Expert(e, l.Tokens).Totals().Steps
		s.engine.watch = counting(func(done int64) { working(min(done, of), of) }, v.arrays)
	}
	v.clock = s.engine.clock
	r, err := c.finish(stop, s, l.Tokens)
	if err != nil {
		return Sight{}, err
	}
	return v.sight(c, r), nil
}

// lookable refuses what would take too long to look at.
func (s Spec) lookable(e ndp.Expert, t int, pmove unit.BytesPerSecond) error {
	if err := s.Served(e, t); err != nil {
		return fault.In("device", err)
	}
	return Affordable(s.Work(e, t, pmove), "tokens", "the expert", "take fewer tokens, a faster core or more channels")
}

// viewer collects what is in the picture.
type viewer struct {
	look     Look
	to       int64
	period   unit.Time
	clock    unit.Clock
	commands []int32
	busy     []int64
	bursts   []int32 // by stretches of grain clocks
}

const grain = 64

func (v *viewer) command(c dram.Command) {
	if c.Op >= dram.RD && c.Op <= dram.WRA {
		for int(c.Clock/grain) >= len(v.bursts) {
			v.bursts = append(v.bursts, 0)
		}
		v.bursts[c.Clock/grain]++
	}
	if c.Clock < v.look.From || c.Clock >= v.to {
		return
	}
	bank := int32(-1)
	if c.Bank >= 0 {
		bank = c.Bank // made a bank of all ranks by sight
	}
	v.commands = append(v.commands, int32(c.Clock-v.look.From), int32(c.Op), bank|c.Group<<8|c.Rank<<16, c.Row, c.Col)
}

func (v *viewer) arrays(from, to unit.Cycles) {
	start, end := v.clock.Edge(from), v.clock.Edge(to)
	if end < unit.Time(v.look.From)*v.period || start >= unit.Time(v.to)*v.period {
		return
	}
	if n := len(v.busy); n > 0 && v.busy[n-1] == int64(start) {
		v.busy[n-1] = int64(end)
		return
	}
	v.busy = append(v.busy, int64(start), int64(end))
}

// sight puts together what v saw and what r says.
func (v *viewer) sight(c *Clocked, r Service) Sight {
	s, g := c.channel, c.channel.Geometry
	all := s
	all.Channels = c.channels
	for i := 2; i < len(v.commands); i += 5 {
		if b := v.commands[i]; b >= 0 {
			v.commands[i] = (b>>16*int32(g.Groups)+b>>8&0xff)*int32(g.Banks) + b&0xff
		}
	}
	sight := Sight{
		Period: s.Period, Groups: g.Groups, Banks: g.Banks, Ranks: g.Ranks, CL: s.Timing.CL, CWL: s.Timing.CWL, BL: s.Timing.BL,
		RFC: s.Timing.RFC, RFCpb: s.Timing.RFCpb, From: v.look.From, To: v.to, Command: v.commands, Arrays: v.busy, Cores: v.clock,
		Profile: v.profile(int64(s.Timing.BL)), Time: r.Time, Weights: r.Weights, Peak: all.Peak(), Hits: r.Memory.Hits(),
		Busy: float64(r.Busy) / float64(r.Time), Reached: unit.BytesPerSecond(float64(r.Weights) / r.Time.Seconds()),
		Closed: New(v.look.Device).Expert(v.look.Tokens, weightsOf(c.expert), c.core.Expert(c.expert, 1).Size(ndp.Weights)),
	}
	for op := dram.ACT; op < dram.Ops; op++ {
		sight.Ops = append(sight.Ops, s.OpName(op))
		if n := r.Memory.Counts[op]; n > 0 {
			sight.Counts = append(sight.Counts, Count{s.OpName(op), n})
		}
	}
	sight.bus(s, r)
	sight.cost(c, v.look, r)
	sight.Bound = sight.why()
	return sight
}

// profile returns the use of the data bus in equal parts of the run.
func (v *viewer) profile(bl int64) []float64 {
	each := (len(v.bursts) + inProfile - 1) / inProfile
	out := []float64{}
	for i := 0; each > 0 && i < len(v.bursts); i += each {
		sum, n := int64(0), min(each, len(v.bursts)-i)
		for _, b := range v.bursts[i : i+n] {
			sum += int64(b)
		}
		out = append(out, float64(sum*bl)/float64(n*grain))
	}
	return out
}

// bus shares out the clocks of the data bus.
func (s *Sight) bus(m dram.Spec, r Service) {
	clocks := float64(r.Time) / float64(m.Period)
	used := float64(r.Memory.Bursts()*int64(m.Timing.BL)) / clocks
	s.Bus = []Share{{"data", used}}
	rest := 1 - used
	for why, n := range r.Memory.Idle {
		share := min(rest, float64(n)/clocks)
		name := dram.Limit(why).String()
		if dram.Limit(why) == dram.ByRequests {
			continue
		}
		s.Bus = append(s.Bus, Share{name, share})
		rest -= share
	}
	s.Bus = append(s.Bus, Share{nothing, max(0, rest)})
}

// cost adds up energy, and the area of the core.
func (s *Sight) cost(c *Clocked, l Look, r Service) {
	n := unit.Energy(c.channels)
	commands, standby := c.channel.Energy(r.Memory)
	e := c.channel.Energies()
	core := c.core.Expert(c.expert, l.Tokens).Totals().Energy()
	rest := max(0, l.Device.Power.Over(r.Time)-n*(commands+standby))
	s.Energy = []Joules{
		{"DRAM commands", n * commands, e.Source}, {"DRAM standing by", n * standby, e.Source},
		{"rest of the device", rest, "its power, which is all that a run counts: 114.2 W of MoNDE's table 3 unless changed, less the DRAM here. It has eight times the chips"},
		{"NDP core", core, "MoNDE (DAC 2024) table 3, a synthesis estimate at 28 nm, scaled"},
	}
	a := l.Device.NDP.Estimate()
	s.Area = []Square{{"MAC arrays", int64(a.Arrays)}, {"buffers", int64(a.Buffers)}, {"control", int64(a.Control)}}
}

// why says what limits the device: the arrays, the data bus, or what the bus
// waited for most.
func (s *Sight) why() string {
	switch {
	case s.Busy > 0.97:
		return "The arrays compute nearly all the time: more of them, or fewer tokens, would help; more bandwidth would not."
	case s.Bus[0].Share > 0.95:
		return "The data bus is full: only more channels or a faster grade would help."
	}
	most := s.Bus[1]
	for _, b := range s.Bus[2:] {
		if b.Share > most.Share {
			most = b
		}
	}
	return advice(most.Name)
}

// advice says what to do about what the data bus waits for.
func advice(name string) string {
	switch name {
	case dram.ByRefresh.String():
		return "Refreshes stop the data bus: of one bank at a time, they would not."
	case dram.ByTurnaround.String():
		return "The data bus turns between reads and writes too often: fewer results written back would help."
	case dram.ByRow.String():
		return "The data bus waits for rows to open: a layout that reads more of each row would help."
	case dram.ByGroup.String():
		return "Bursts follow each other in one bank group, which answers only so often: a layout that interleaves bank groups would help."
	case nothing:
		return "Memory and arrays wait for each other: a half of the weight buffer is free only when its chunk is computed, and filling it again takes the latency of the memory. A larger weight buffer would help."
	}
	return "Ranks, the command bus or the data clock keep the data bus from being full."
}

// nothing is what the data bus does when nobody asks for anything.
const nothing = "nothing asked for"
