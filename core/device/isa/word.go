package isa

import (
	"encoding/binary"
	"errors"

	"monde/core/device/memory"
	"monde/core/fault"
)

// Version is that of the layout in the package comment.
const Version = 1

// A Word is an instruction as it crosses the link.
type Word [memory.Line]byte

// Encode returns the Word of i. The error names every field that no instruction
// can have, as instruction.<field>.
func (i Instruction) Encode() (Word, error) {
	var w Word
	if err := i.Validate(); err != nil {
		return w, fault.In("instruction", err)
	}
	le := binary.LittleEndian
	w[0], w[1], w[2], w[3] = byte(i.Op), Version, byte(i.Format), byte(i.Bits)
	le.PutUint16(w[4:], uint16(i.Group))
	for at, v := range [...]uint32{uint32(i.M), uint32(i.K), uint32(i.N), i.Tag} {
		le.PutUint32(w[8+4*at:], v)
	}
	for at, v := range [...]memory.Address{i.Activations, i.Weights, i.Up, i.Output, i.Done} {
		le.PutUint64(w[24+8*at:], uint64(v))
	}
	return w, nil
}

// Decode returns the instruction that w codes, as a device's controller does. It
// takes exactly the words that Encode makes. The error names every field that is
// wrong, as instruction.<field>.
func (w Word) Decode() (Instruction, error) {
	le := binary.LittleEndian
	number := func(at int) int { return int(le.Uint32(w[at:])) }
	address := func(at int) memory.Address { return memory.Address(le.Uint64(w[at:])) }
	i := Instruction{
		Op: Opcode(w[0]), Format: Format(w[2]), Bits: int(w[3]), Group: int(le.Uint16(w[4:])),
		M: number(8), K: number(12), N: number(16), Tag: le.Uint32(w[20:]),
		Activations: address(24), Weights: address(32), Up: address(40), Output: address(48), Done: address(56),
	}
	if w[1] != Version {
		return Instruction{}, fault.At("instruction.version", "must be %d, got %d", Version, w[1])
	}
	err := errors.Join(
		fault.Unless(w[6] == 0 && w[7] == 0, "reserved", "must be 0, got %#04x", le.Uint16(w[6:])),
		i.Validate(),
	)
	if err != nil {
		return Instruction{}, fault.In("instruction", err)
	}
	return i, nil
}
