package isa

import (
	"errors"

	"monde/core/device/memory"
	"monde/core/fault"
	"monde/core/unit"
)

// An Instruction is what a line of 64 bytes means. The package comment says what
// each field is, and its range.
type Instruction struct {
	Op      Opcode
	Format  Format
	Bits    int // a weight
	Group   int // weights a scale
	M, K, N int
	Tag     uint32
	// Up is the second matrix of a gated opcode, and 0 otherwise. Done is 8 bytes.
	Activations, Weights, Up, Output, Done memory.Address
}

// DoneBytes is the size of the done register: the tag as 64 bits.
const DoneBytes unit.Bytes = 8

// Matrix returns the shape of the matrix, or of each of the two.
func (i Instruction) Matrix() Weights { return Weights{i.K, i.N, i.Format, i.Bits, i.Group} }

// Input returns the region of the activations.
func (i Instruction) Input() memory.Region {
	return memory.Region{Start: i.Activations, Size: unit.Bytes(i.M) * unit.Bytes(i.K) * Element}
}

// Result returns the region of the outputs.
func (i Instruction) Result() memory.Region {
	return memory.Region{Start: i.Output, Size: unit.Bytes(i.M) * unit.Bytes(i.N) * Element}
}

// Register returns the region of the done register.
func (i Instruction) Register() memory.Region { return memory.Region{Start: i.Done, Size: DoneBytes} }

// Matrices returns how many matrices i multiplies by: 1 or 2.
func (i Instruction) Matrices() int {
	if i.Op.Gated() {
		return 2
	}
	return 1
}

// Operands returns every region that i touches, the inputs first and what it
// writes last, with the field that names each.
func (i Instruction) Operands() []Operand {
	size := i.Matrix().Bytes()
	list := []Operand{
		{"activations", i.Input(), false},
		{"weights", memory.Region{Start: i.Weights, Size: size}, false},
	}
	if i.Op.Gated() {
		list = append(list, Operand{"up", memory.Region{Start: i.Up, Size: size}, false})
	}
	return append(list, Operand{"output", i.Result(), true}, Operand{"done", i.Register(), true})
}

// An Operand is a region that an instruction reads or writes.
type Operand struct {
	Field   string // of the instruction
	Region  memory.Region
	Written bool
}

// Validate reports every field that no instruction can have.
func (i Instruction) Validate() error {
	err := errors.Join(
		fault.Unless(i.Op > 0 && i.Op < opcodeEnd, "opcode", "must be 1 (gemm), 2 (gemm+relu) or 3 (gemm+silu*mul), got %d", i.Op),
		fault.Within("m", i.M, 1, MaxRows),
		fault.Unless(i.Tag > 0, "tag", "must not be 0, which is what a cleared done register reads"),
		fault.Unless(i.Up == 0 || i.Op.Gated(), "up", "must be 0: %v has one matrix", i.Op),
		place("activations", i.Activations), place("weights", i.Weights), place("up", i.Up),
		place("output", i.Output), place("done", i.Done),
		i.Matrix().Validate(),
	)
	if err != nil {
		return err
	}
	return i.overlaps()
}

// overlaps reports what is written where something else is.
func (i Instruction) overlaps() error {
	var errs []error
	operands := i.Operands()
	for at, w := range operands {
		if !w.Written {
			continue
		}
		for _, o := range operands[:at] {
			errs = append(errs, fault.Unless(!w.Region.Overlaps(o.Region), w.Field, "must not overlap %s", o.Field))
		}
	}
	return errors.Join(errs...)
}

// addressEnd is behind the last address: above any device, and so low that no end
// of an operand wraps.
const addressEnd memory.Address = 1 << 50

func place(field string, a memory.Address) error {
	ok := a < addressEnd && a%memory.Address(memory.Line) == 0
	return fault.Unless(ok, field, "must be a multiple of %d below 2^50, got %d", memory.Line, a)
}
