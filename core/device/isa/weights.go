package isa

import (
	"errors"

	"monde/core/device/memory"
	"monde/core/fault"
	"monde/core/unit"
)

// MaxDim is the largest K and N of an instruction, as package model bounds the
// sizes of a model; MaxRows is the largest M, as package workload bounds a pass.
const (
	MaxDim  = 1 << 17
	MaxRows = 1 << 24
)

// Weights describes a matrix of N outputs by K inputs in a device's memory.
//
// With 16 bits it is N rows of K elements. With fewer it is N rows of K codes,
// then, from the next line of 64 bytes on, N rows of one scale for each group of
// K. A row of codes fills whole bytes, the first code in the lowest bits. The
// code c of b bits is the level 2c - (2ᵇ-1): the odd numbers from -(2ᵇ-1) to
// 2ᵇ-1, so that every width down to 1 has the same rule, and no level is wasted.
// The weight is level · scale, rounded to the format.
type Weights struct {
	K, N   int    // 1 to MaxDim
	Format Format // of weights of 16 bits, or of scales
	Bits   int    // a weight: 16, 8, 4, 3, 2 or 1
	Group  int    // weights of a row that share a scale: 16 to 1024 and a power of two; 0 with 16 bits
}

// RowBytes returns the bytes of one output's weights or codes.
func (w Weights) RowBytes() unit.Bytes { return unit.Bytes(w.K*w.Bits+7) / 8 }

// Groups returns how many scales an output has: 0 with 16 bits.
func (w Weights) Groups() int {
	if w.Group == 0 {
		return 0
	}
	return (w.K + w.Group - 1) / w.Group
}

// Scales returns where the scales begin, in bytes from the start of the matrix:
// a multiple of memory.Line.
func (w Weights) Scales() unit.Bytes {
	return (unit.Bytes(w.N)*w.RowBytes() + memory.Line - 1) / memory.Line * memory.Line
}

// Bytes returns what the matrix takes, scales included.
func (w Weights) Bytes() unit.Bytes {
	if w.Group == 0 {
		return unit.Bytes(w.N) * w.RowBytes()
	}
	return w.Scales() + unit.Bytes(w.N*w.Groups())*Element
}

// Validate reports every field that no matrix can have.
func (w Weights) Validate() error {
	return errors.Join(
		fault.Within("k", w.K, 1, MaxDim),
		fault.Within("n", w.N, 1, MaxDim),
		fault.Unless(w.Format > 0 && w.Format < formatEnd, "format", "must be 1 (bf16) or 2 (fp16), got %d", w.Format),
		w.validateBits(),
	)
}

func (w Weights) validateBits() error {
	switch w.Bits {
	case 16:
		return fault.Unless(w.Group == 0, "group", "must be 0 with 16 bits a weight, got %d", w.Group)
	case 8, 4, 3, 2, 1:
		power := w.Group&(w.Group-1) == 0
		return fault.Unless(power && w.Group >= 16 && w.Group <= 1024, "group", "must be a power of two from 16 to 1024, got %d", w.Group)
	}
	return fault.At("bits", "must be 16, 8, 4, 3, 2 or 1, got %d", w.Bits)
}
