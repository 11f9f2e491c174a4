package ndp

import (
	"errors"
	"math"

	"monde/core/fault"
	"monde/core/unit"
)

// Format is how weights are stored: Bits each, and ScaleBits more that the Group
// of them share that follow each other along K in one column. The zero Format is
// bf16 or fp16, which take the same bytes and cycles.
//
//	INT8, one fp16 scale for 128 weights   {8, 128, 16}
//	INT4, INT3, INT2, 1 bit, the same      {4, 128, 16} …
//	MXFP4 (OCP MX v1.0)                    {4, 32, 8}
//	a codebook, nothing of a weight's own  {0, 64, 51}
//
// Weights stay packed in the buffer and are bf16 when they enter an array, so
// fewer bits save bytes and never cycles.
type Format struct {
	Bits      int // a weight, 1 to 32; 0 with a Group: nothing but what is shared
	Group     int // weights a scale, along K; 0: no scales
	ScaleBits int // a group, 1 to 128; 0: no scales
}

// FormatOf returns a format that takes the given mean bits a weight, 0.5 to 32,
// as model.Spec.ExpertBits has them: whole bits, and what is left as the scale of
// a group of 32, or else of 128, rounded up to a bit a group.
func FormatOf(bits float64) Format {
	whole := math.Floor(bits)
	rest := bits - whole
	switch {
	case rest == 0:
		return Format{Bits: int(whole)}
	case rest*32 == math.Floor(rest*32):
		return Format{int(whole), 32, int(rest * 32)}
	default:
		return Format{int(whole), 128, int(math.Ceil(rest * 128))}
	}
}

// Validate reports every field that no format can have.
func (f Format) Validate() error {
	return errors.Join(
		fault.Within("bits", f.Bits, 0, 32),
		fault.Within("group", f.Group, 0, 1<<17),
		fault.Within("scale_bits", f.ScaleBits, 0, 128),
		fault.Unless((f.Group == 0) == (f.ScaleBits == 0), "scale_bits", "must be 0 exactly if group is, got %d and group %d", f.ScaleBits, f.Group),
	)
}

// Bytes returns what the first rows of K take in a tile of the given columns,
// rounded up to a byte. The scales of a group lie before its first row, so that
// every run of rows is one run of bytes.
func (f Format) Bytes(rows, columns int64) unit.Bytes {
	bits := rows * f.bits()
	if f.Group > 0 {
		bits += ceilDiv(rows, int64(f.Group)) * int64(f.ScaleBits)
	}
	return unit.Bytes(ceilDiv(bits*columns, 8))
}

// bits returns the bits of a weight without its share of a scale.
func (f Format) bits() int64 {
	if f.Bits == 0 && f.Group == 0 {
		return 16
	}
	return int64(f.Bits)
}

// rows returns how many rows of the given columns always fit into half, wherever
// they begin if below one group, and otherwise beginning with a group.
func (f Format) rows(half unit.Bytes, columns int64) int64 {
	perColumn := int64(half) * 8 / columns
	if f.Group == 0 {
		return perColumn / f.bits()
	}
	group, scale := int64(f.Group), int64(f.ScaleBits)
	if groups := perColumn / (group*f.bits() + scale); groups > 0 {
		return groups * group
	}
	return (perColumn - 2*scale) / f.bits() // beside the scale that an earlier run brought
}
