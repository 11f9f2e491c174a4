package driver

import (
	"fmt"
	"slices"

	"monde/core/device"
	"monde/core/device/endpoint"
	"monde/core/device/isa"
	"monde/core/device/memory"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// coding is an expert's matrices as instructions have them.
type coding struct {
	up, down isa.Weights
	gated    bool
	remark   string // what is not as the model says
}

// widths of weights that instructions code, the narrowest first.
var widths = []int{1, 2, 3, 4, 8, 16}

// usualGroup is how many weights share a scale where the model does not say.
const usualGroup = 128

// coded returns how instructions code the model's experts: in the next width that
// there is. The time is that of the model's own bits whatever the coding.
func (s Spec) coded() (coding, error) {
	m := s.Model
	f := ndp.FormatOf(m.ExpertBits)
	at, _ := slices.BinarySearch(widths, f.Bits)
	if at == len(widths) || f.Bits == 16 && f.Group > 0 {
		return coding{}, fault.In("bits", device.Coded(m.ExpertBits))
	}
	w := isa.Weights{K: m.DModel, N: m.ExpertFF, Format: isa.BF16, Bits: widths[at]}
	if w.Bits < 16 {
		w.Group = f.Group
		if w.Group == 0 {
			w.Group = usualGroup
		}
	}
	c := coding{up: w, down: w, gated: m.Gated}
	c.down.K, c.down.N = w.N, w.K
	if f != (ndp.Format{Bits: 16}) {
		c.remark = fmt.Sprintf("instructions code the model's %v bits a weight as %d bits and a 16-bit scale for %d weights; times are those of the model's bits",
			m.ExpertBits, w.Bits, w.Group)
	}
	return c, nil
}

// program places an expert and t tokens on an empty device, and returns the two
// instructions between them. The intermediate stays on the device.
func (c coding) program(s device.Spec, t int) ([]endpoint.Task, error) {
	d, err := describe(s)
	if err != nil {
		return nil, err
	}
	p := placer{heap: memory.NewHeap(memory.NewMap(d.Layout))}
	rows := func(columns int) memory.Region {
		return p.take(memory.Activations, unit.Bytes(t)*unit.Bytes(columns)*isa.Element)
	}
	done := p.take(memory.Activations, isa.DoneBytes)
	op, weights, second := isa.GEMMReLU, p.take(memory.Weights, c.up.Bytes()), memory.Region{}
	if c.gated {
		op, second = isa.GEMMSiLUMul, p.take(memory.Weights, c.up.Bytes())
	}
	down := p.take(memory.Weights, c.down.Bytes())
	in, middle, out := rows(c.up.K), rows(c.up.N), rows(c.down.N)
	first := isa.Instruction{
		Op: op, Format: c.up.Format, Bits: c.up.Bits, Group: c.up.Group, M: t, K: c.up.K, N: c.up.N,
		Activations: in.Start, Weights: weights.Start, Up: second.Start, Output: middle.Start, Done: done.Start,
	}
	last := isa.Instruction{
		Op: isa.GEMM, Format: c.down.Format, Bits: c.down.Bits, Group: c.down.Group, M: t, K: c.down.K, N: c.down.N,
		Activations: middle.Start, Weights: down.Start, Output: out.Start, Done: done.Start,
	}
	return []endpoint.Task{{Instruction: first, Write: first.Input().Size}, {Instruction: last, Read: last.Result().Size}}, p.err
}

// placer takes regions until there is no room.
type placer struct {
	heap *memory.Heap
	err  error
}

func (p *placer) take(k memory.Kind, size unit.Bytes) memory.Region {
	r, err := p.heap.Alloc(k, size)
	if err != nil && p.err == nil {
		p.err = fault.At("device.dram.channels", "an expert does not fit: %v", err)
	}
	return r
}
