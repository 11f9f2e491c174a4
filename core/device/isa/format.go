package isa

import (
	"strconv"

	"monde/core/unit"
)

// Opcode is what an instruction does.
type Opcode uint8

// Opcodes. 0 is none, so that a line of zeros is no instruction.
const (
	GEMM        Opcode = 1 + iota // f(x) = x
	GEMMReLU                      // f(x) = max(0, x)
	GEMMSiLUMul                   // f = silu(gate) · up, of two products
	opcodeEnd
)

// String returns the name as the paper spells it.
func (o Opcode) String() string {
	return name(uint8(o), "opcode", "", "gemm", "gemm+relu", "gemm+silu*mul")
}

// Gated reports whether o multiplies by two matrices.
func (o Opcode) Gated() bool { return o == GEMMSiLUMul }

// Format is how an element of 16 bits codes a number.
type Format uint8

// Formats.
const (
	BF16 Format = 1 + iota // 8 bits of exponent, 7 of fraction
	FP16                   // IEEE 754 binary16: 5 bits of exponent, 10 of fraction
	formatEnd
)

// String returns the name of f.
func (f Format) String() string { return name(uint8(f), "format", "", "bf16", "fp16") }

// Element is the size of an activation, a scale, or a weight of 16 bits.
const Element unit.Bytes = 2

func name(v uint8, kind string, names ...string) string {
	if int(v) < len(names) && names[v] != "" {
		return names[v]
	}
	return kind + " " + strconv.Itoa(int(v))
}
