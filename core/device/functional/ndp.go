package functional

import (
	"encoding/binary"
	"errors"
	"fmt"

	"monde/core/device/isa"
	"monde/core/device/memory"
	"monde/core/fault"
	"monde/core/unit"
)

// NDP is the host's driver of one device: it loads experts into the device's
// memory, and computes by instructions on what lies there.
type NDP struct {
	device *Device
	done   memory.Region
	tag    uint32
	held   []held // by expert; a zero value is none
}

var _ Executor = (*NDP)(nil)

// maxExperts bounds the numbers of experts, as package model does those of a model:
// of a block, times blocks.
const maxExperts = 1 << 24

// held is where an expert's matrices lie.
type held struct {
	gate, up, down memory.Region
	upIs, downIs   isa.Weights
}

func (h held) gated() bool { return h.gate.Size > 0 }

func (h held) loaded() bool { return h.up.Size > 0 }

// NewNDP returns the driver of a device that nobody else drives. The error says
// that there is no room for its done register.
func NewNDP(d *Device) (*NDP, error) {
	done, err := d.Heap.Alloc(memory.Activations, isa.DoneBytes)
	return &NDP{device: d, done: done}, err
}

// Load copies e into the device, as number i from 0, which must not be held. The
// error says what makes e no expert, or how much room is missing; then nothing is
// held.
func (n *NDP) Load(i int, e Expert) error {
	if err := errors.Join(fault.Within("expert", i, 0, maxExperts-1), e.Validate()); err != nil {
		return err
	}
	for len(n.held) <= i {
		n.held = append(n.held, held{})
	}
	if n.held[i].loaded() {
		return fault.At("expert", "must not be held: %d is", i)
	}
	h := held{upIs: e.Up.Layout, downIs: e.Down.Layout}
	err := errors.Join(n.place(&h.gate, e.Gate), n.place(&h.up, e.Up), n.place(&h.down, e.Down))
	if err != nil {
		return errors.Join(err, n.free(h.gate, h.up, h.down))
	}
	n.held[i] = h
	return nil
}

// Unload gives back the room of expert i.
func (n *NDP) Unload(i int) error {
	h, err := n.find(i)
	if err != nil {
		return err
	}
	n.held[i] = held{}
	return n.free(h.gate, h.up, h.down)
}

// place copies m into the device, and sets where.
func (n *NDP) place(where *memory.Region, m Matrix) error {
	if m.Data == nil {
		return nil
	}
	r, err := n.device.Heap.Alloc(memory.Weights, unit.Bytes(len(m.Data)))
	if err != nil {
		return err
	}
	*where = r
	return n.device.Store.Write(r.Start, m.Data)
}

// free gives back those regions that are not empty.
func (n *NDP) free(regions ...memory.Region) error {
	var errs []error
	for _, r := range regions {
		if r.Size > 0 {
			errs = append(errs, n.device.Heap.Free(r))
		}
	}
	return errors.Join(errs...)
}

func (n *NDP) find(i int) (held, error) {
	if i < 0 || i >= len(n.held) || !n.held[i].loaded() {
		return held{}, fault.At("expert", "must be held by the device: %d is not", i)
	}
	return n.held[i], nil
}

// A Job is an expert's work for some tokens: where they and their outputs lie, and
// the instructions between. The intermediate stays on the device.
type Job struct {
	Program               [2]isa.Instruction
	input, middle, output memory.Region
	x, y                  Tensor
}

// Begin reserves the memory of a job of expert i and writes the tokens, of which
// there must be at least one. End must follow, once the program has run in order.
func (n *NDP) Begin(i int, x Tensor) (Job, error) {
	h, err := n.find(i)
	if err != nil {
		return Job{}, err
	}
	if err := fits(h.upIs, x); err != nil {
		return Job{}, err
	}
	j := Job{x: x, y: NewTensor(x.Format, x.Rows, h.downIs.N)}
	err = errors.Join(n.reserve(&j.input, x.Rows, x.Cols), n.reserve(&j.middle, x.Rows, h.upIs.N), n.reserve(&j.output, x.Rows, h.downIs.N))
	if err == nil {
		err = n.device.Store.Write(j.input.Start, x.bytes())
	}
	if err != nil {
		return Job{}, errors.Join(err, n.free(j.input, j.middle, j.output))
	}
	op, weights, up := isa.GEMMReLU, h.up.Start, memory.Address(0)
	if h.gated() {
		op, weights, up = isa.GEMMSiLUMul, h.gate.Start, h.up.Start
	}
	j.Program = [2]isa.Instruction{
		n.instruction(op, h.upIs, x.Rows, j.input, weights, up, j.middle),
		n.instruction(isa.GEMM, h.downIs, x.Rows, j.middle, h.down.Start, 0, j.output),
	}
	return j, nil
}

// reserve sets where to a region of rows·cols elements.
func (n *NDP) reserve(where *memory.Region, rows, cols int) (err error) {
	*where, err = n.device.Heap.Alloc(memory.Activations, unit.Bytes(rows)*unit.Bytes(cols)*isa.Element)
	return err
}

// instruction returns the next instruction.
func (n *NDP) instruction(op isa.Opcode, l isa.Weights, rows int, in memory.Region, weights, up memory.Address, out memory.Region) isa.Instruction {
	n.tag++
	return isa.Instruction{
		Op: op, Format: l.Format, Bits: l.Bits, Group: l.Group, M: rows, K: l.K, N: l.N, Tag: n.tag,
		Activations: in.Start, Weights: weights, Up: up, Output: out.Start, Done: n.done.Start,
	}
}

// End reads the outputs of a job and gives its memory back.
func (n *NDP) End(j Job) (Tensor, error) {
	b := make([]byte, 2*len(j.y.Elements))
	if err := errors.Join(n.device.Store.Read(j.output.Start, b), n.free(j.input, j.middle, j.output)); err != nil {
		return Tensor{}, err
	}
	j.y.setBytes(b)
	return j.y, nil
}

// Done returns the done register: the tag of the last instruction that has run.
func (n *NDP) Done() (uint32, error) {
	var b [isa.DoneBytes]byte
	err := n.device.Store.Read(n.done.Start, b[:])
	return uint32(binary.LittleEndian.Uint64(b[:])), err
}

// FFN implements Executor: it writes the tokens, issues both instructions, looks at
// the done register after each, and reads the outputs back.
func (n *NDP) FFN(expert int, x Tensor) (Tensor, error) {
	if h, err := n.find(expert); err == nil && x.Rows == 0 {
		return NewTensor(x.Format, 0, h.downIs.N), fits(h.upIs, x)
	}
	j, err := n.Begin(expert, x)
	if err != nil {
		return Tensor{}, err
	}
	for _, i := range j.Program {
		w, err := i.Encode()
		err = errors.Join(err, n.device.Execute(w))
		if tag, _ := n.Done(); err == nil && tag != i.Tag {
			err = fmt.Errorf("functional: the done register reads %d behind instruction %d", tag, i.Tag)
		}
		if err != nil {
			return Tensor{}, errors.Join(err, n.free(j.input, j.middle, j.output))
		}
	}
	return n.End(j)
}
