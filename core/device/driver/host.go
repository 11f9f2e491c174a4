package driver

import (
	"encoding/hex"
	"math/bits"

	"monde/core/device"
	"monde/core/device/endpoint"
	"monde/core/device/isa"
	"monde/core/fault"
	"monde/core/link"
	"monde/core/ndp"
	"monde/core/unit"
)

// Host is one expert as the host's driver sees it.
type Host struct {
	Endpoint endpoint.Spec `json:"endpoint"`
	Source   string        `json:"source"` // of queue, burst and poll
	Coding   string        `json:"coding,omitempty"`
	Program  []Instruction `json:"program"`
	Spans    []Span        `json:"spans"` // by instruction, then step
	End      unit.Time     `json:"end_ps"`
	Polls    int64         `json:"polls"`
	Words    int64         `json:"words"` // instructions sent, those refused included
	Refused  int64         `json:"refused"`
	Sent     unit.Bytes    `json:"sent_bytes"`
	Got      unit.Bytes    `json:"got_bytes"`
	Device   unit.Time     `json:"device_ps"` // of End: instructions run, or start
}

// Instruction is what the host sends.
type Instruction struct {
	Op     string      `json:"op"`
	M      int         `json:"m"`
	K      int         `json:"k"`
	N      int         `json:"n"`
	Bits   int         `json:"bits"`
	Group  int         `json:"group"`
	Write  unit.Bytes  `json:"write_bytes"`
	Read   unit.Bytes  `json:"read_bytes"`
	Cycles unit.Cycles `json:"cycles"` // of its schedule: the time is shared in proportion
	Time   unit.Time   `json:"time_ps"`
	Word   string      `json:"word"` // its 64 bytes, in hexadecimal
}

// Span is a step of one instruction.
type Span struct {
	Instruction int       `json:"instruction"`
	Step        string    `json:"step"`
	Start       unit.Time `json:"start_ps"`
	End         unit.Time `json:"end_ps"`
}

// endpoint returns the link and the queue of s.
func (s Spec) endpoint() endpoint.Spec {
	l := link.New(s.Link)
	way := endpoint.Direction{Latency: l.Latency(), Bandwidth: l.Rate()}
	return endpoint.Spec{
		ToDevice: way, FromDevice: way, Turn: s.Link.Chunk,
		Queue: s.Queue, Burst: s.Burst, Start: s.Device.Command, Poll: s.Poll,
	}
}

// host runs the driver's program for s.Tokens tokens.
func (s Spec) host(stop fault.Stop, c *device.Clocked, w coding) (Host, error) {
	service, err := c.Expert(stop, s.Tokens)
	if err != nil {
		return Host{}, err
	}
	if service.Time > tooLong {
		return Host{}, fault.At("device", "takes %d ps for an expert, at most %d are simulated", service.Time, tooLong)
	}
	program, err := w.program(s.Device, s.Tokens)
	if err != nil {
		return Host{}, err
	}
	cycles := s.cycles()
	times := split(service.Time-s.Device.Command, cycles)
	line, err := endpoint.New(s.endpoint()).Run([][]endpoint.Task{program}, func(_ int, i isa.Instruction) unit.Time { return times[i.Tag-1] })
	if err != nil {
		return Host{}, err
	}
	h := Host{
		Endpoint: s.endpoint(), Source: Source, Coding: w.remark, End: line.End,
		Polls: line.Polls, Words: line.Words, Refused: line.Refused, Sent: line.Sent, Got: line.Got,
	}
	for at, t := range program {
		i, err := listed(t, at)
		if err != nil {
			return h, err
		}
		i.Cycles, i.Time = cycles[at], times[at]
		h.Program = append(h.Program, i)
	}
	line.Spans(func(p endpoint.Span) {
		h.Spans = append(h.Spans, Span{int(p.Task), p.Step.String(), p.Start, p.End})
		if p.Step == endpoint.Run {
			h.Device += p.End - p.Start
		}
	})
	return h, nil
}

// listed describes the at-th task.
func listed(t endpoint.Task, at int) (Instruction, error) {
	i := t.Instruction
	i.Tag = uint32(at) + 1 // as endpoint numbers them
	word, err := i.Encode()
	return Instruction{
		Op: i.Op.String(), M: i.M, K: i.K, N: i.N, Bits: i.Bits, Group: i.Group,
		Write: t.Write, Read: t.Read, Word: hex.EncodeToString(word[:]),
	}, err
}

// cycles returns those of the arrays for each of the two instructions.
func (s Spec) cycles() [2]unit.Cycles {
	core, e := ndp.New(s.Device.NDP), s.shape()
	first := core.GEMM(ndp.GEMM{K: e.DModel, N: e.DFF, Weights: e.Weights}, s.Tokens).Totals().Cycles
	if e.Gated {
		first *= 2
	}
	return [2]unit.Cycles{first, core.GEMM(ndp.GEMM{K: e.DFF, N: e.DModel, Weights: e.Weights}, s.Tokens).Totals().Cycles}
}

// split shares t in proportion, to the picosecond: the parts sum to t.
func split(t unit.Time, c [2]unit.Cycles) [2]unit.Time {
	hi, lo := bits.Mul64(uint64(t), uint64(c[0]))
	first, _ := bits.Div64(hi, lo, uint64(c[0]+c[1]))
	return [2]unit.Time{unit.Time(first), t - unit.Time(first)}
}
