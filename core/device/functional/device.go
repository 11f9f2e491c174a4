package functional

import (
	"encoding/binary"
	"errors"

	"monde/core/device/isa"
	"monde/core/device/memory"
	"monde/core/fault"
	"monde/core/unit"
)

// A Core says what a near-data core holds at a time: Rows by Cols sums, which stay
// until they are complete, and Depth elements of each operand that pass them. Any
// sizes give the same bits.
type Core struct {
	Rows  int `json:"rows"`  // tokens, 1 to 4096
	Cols  int `json:"cols"`  // outputs, 1 to 65536
	Depth int `json:"depth"` // a multiple of 16, so that slices of low-bit rows are whole bytes; to 65536
}

// Validate reports every field that no core can have.
func (c Core) Validate() error {
	return errors.Join(
		fault.Within("rows", c.Rows, 1, 1<<12),
		fault.Within("cols", c.Cols, 1, 1<<16),
		fault.Within("depth", c.Depth, 16, 1<<16),
		fault.Unless(c.Depth%16 == 0, "depth", "must be a multiple of 16, got %d", c.Depth),
	)
}

// A Device is memory, and a core that runs instructions on it. Nothing but the
// memory passes between it and its host.
type Device struct {
	Heap  *memory.Heap
	Store *memory.Store

	core  Core
	whole memory.Region
	// Buffers: Rows·Depth activations, Depth weights, and the sums of each matrix.
	tokens, weights []float32
	sums            [2][]float32
	raw             []byte
}

// NewDevice returns an empty device of a valid layout and core.
func NewDevice(l memory.Layout, c Core) *Device {
	m := memory.NewMap(l)
	return &Device{
		Heap: memory.NewHeap(m), Store: memory.NewStore(m), core: c, whole: m.Whole(),
		tokens: make([]float32, c.Rows*c.Depth), weights: make([]float32, c.Depth),
		sums: [2][]float32{make([]float32, c.Rows*c.Cols), make([]float32, c.Rows*c.Cols)},
		raw:  make([]byte, 2*max(c.Depth, c.Cols)),
	}
}

// Execute runs one instruction to its end: it writes the outputs, then the tag to
// the done register. The error names the field that no instruction, or none for
// this device, can have; then nothing is written.
func (d *Device) Execute(w isa.Word) error {
	i, err := w.Decode()
	if err != nil {
		return err
	}
	var errs []error
	for _, o := range i.Operands() {
		errs = append(errs, fault.Unless(d.whole.Contains(o.Region), "instruction."+o.Field, "must lie in the device's %d bytes", d.whole.Size))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for m := 0; m < i.M; m += d.core.Rows {
		for n := 0; n < i.N; n += d.core.Cols {
			d.tile(i, m, n)
		}
	}
	d.write(i.Done, binary.LittleEndian.AppendUint64(nil, uint64(i.Tag)))
	return nil
}

// tile computes the outputs from row m and column n on that the core holds at a
// time: all of K passes before they are written.
func (d *Device) tile(i isa.Instruction, m, n int) {
	rows, cols := min(d.core.Rows, i.M-m), min(d.core.Cols, i.N-n)
	matrices := [...]memory.Address{i.Weights, i.Up}
	for s := range i.Matrices() {
		clear(d.sums[s])
	}
	for k := 0; k < i.K; k += d.core.Depth {
		depth := min(d.core.Depth, i.K-k)
		d.loadTokens(i, m, rows, k, depth)
		for s, start := range matrices[:i.Matrices()] {
			for c := range cols {
				d.loadWeights(i.Matrix(), start, n+c, k, depth)
				d.pass(d.sums[s], rows, c, depth)
			}
		}
	}
	out := d.raw[:2*cols]
	for r := range rows {
		for c := range cols {
			at := r*d.core.Cols + c
			binary.LittleEndian.PutUint16(out[2*c:], finish(i.Op, i.Format, d.sums[0][at], d.sums[1][at]))
		}
		d.write(i.Output+address((m+r)*i.N+n), out)
	}
}

// pass adds the products of column c's weights with every row of tokens.
func (d *Device) pass(sums []float32, rows, c, depth int) {
	for r := range rows {
		at := r*d.core.Cols + c
		for k := range depth {
			sums[at] = add(sums[at], d.tokens[r*d.core.Depth+k], d.weights[k])
		}
	}
}

// loadTokens reads depth activations from column k on, of rows from m on.
func (d *Device) loadTokens(i isa.Instruction, m, rows, k, depth int) {
	for r := range rows {
		raw := d.raw[:2*depth]
		d.read(i.Activations+address((m+r)*i.K+k), raw)
		for c := range depth {
			d.tokens[r*d.core.Depth+c] = Value(i.Format, binary.LittleEndian.Uint16(raw[2*c:]))
		}
	}
}

// loadWeights reads depth weights of output n from weight k on.
func (d *Device) loadWeights(l isa.Weights, start memory.Address, n, k, depth int) {
	codes := d.raw[:(depth*l.Bits+7)/8]
	d.read(start+memory.Address(unit.Bytes(n)*l.RowBytes())+memory.Address(k*l.Bits/8), codes)
	var scales []byte
	if l.Group > 0 {
		first, last := k/l.Group, (k+depth-1)/l.Group
		scales = make([]byte, 2*(last-first+1))
		d.read(start+memory.Address(l.Scales())+address(n*l.Groups()+first), scales)
	}
	decode(l, k, codes, scales, d.weights[:depth])
}

// address returns the offset of element n.
func address(n int) memory.Address { return memory.Address(n) * memory.Address(isa.Element) }

// read and write touch operands, which were found to lie in the device.
func (d *Device) read(a memory.Address, b []byte) {
	if err := d.Store.Read(a, b); err != nil {
		panic("functional: bug: " + err.Error())
	}
}

func (d *Device) write(a memory.Address, b []byte) {
	if err := d.Store.Write(a, b); err != nil {
		panic("functional: bug: " + err.Error())
	}
}
