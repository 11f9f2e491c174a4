// Package quant holds the formats that the weights of experts are stored in: their
// bits, the kernels that read them on a GPU, and what decoding costs elsewhere.
//
// From MARLIN (arXiv 2408.11743) and its repository, QMoE (arXiv 2310.16795), and for
// whole bits the layout that both compare themselves with: a 16-bit scale for 128
// weights. Times are package gpu's, which knows kernels; here is what they depend on.
// It leaves out what a format does to answers, but for a note that it does something,
// zero points, and formats of activations and caches.
package quant

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Name is a format of the weights of experts.
type Name string

// Formats.
const (
	BF16   Name = "bf16"
	FP16   Name = "fp16"
	FP32   Name = "fp32"
	INT8   Name = "int8" // and below: a 16-bit scale for 128 weights
	INT4   Name = "int4"
	INT3   Name = "int3"
	INT2   Name = "int2"
	Marlin Name = "marlin" // int4 in the order of the tensor cores, decoded in registers
	QMoE   Name = "qmoe"   // ternary, in 16-bit words of a dictionary: below one bit
)

// Kernel is how a GPU reads a format.
type Kernel uint8

// Kernels.
const (
	Plain    Kernel = iota // as it multiplies bf16, fewer bytes; decoding is free
	Unpacked               // a copy in bf16 first, then as Plain; one token alone: decoded on the way
	Striped                // MARLIN: decoded in registers, again for every 64 tokens
	Vectors                // QMoE: a product with a vector for every token
)

// Format is what is fixed about a Name.
type Format struct {
	Name        Name
	Title       string  // for people
	Bits        float64 // a weight, scales included; QMoE's depends on the model
	Least, Most float64 // bits that a scenario may give it
	Kernel      Kernel
	Lossy       bool   // the model's output differs from bf16's
	Source      string // of its bits, and of the time of its kernels
}

const (
	floats = "bits and kernels as bf16's"
	scales = "16 bits of scale for 128 weights; kernels fitted to bitsandbytes in MARLIN's figure (arXiv 2408.11743)"
)

var formats = [...]Format{
	{BF16, "bf16", 16, 16, 16, Plain, false, floats},
	{FP16, "fp16", 16, 16, 16, Plain, false, floats},
	{FP32, "fp32", 32, 32, 32, Plain, false, floats},
	{INT8, "8-bit integers", 8.125, 8, 9, Unpacked, true, scales},
	{INT4, "4-bit integers", 4.125, 4, 5, Unpacked, true, scales},
	{INT3, "3-bit integers", 3.125, 3, 4, Unpacked, true, scales},
	{INT2, "2-bit integers", 2.125, 2, 3, Unpacked, true, scales},
	{Marlin, "MARLIN, 4 bits", 4.125, 4, 5, Striped, true, "arXiv 2408.11743; kernels fitted to half of its points, 7 % off on the other layers; not tuned for Hopper"},
	{QMoE, "QMoE, below 1 bit", 16 / 17.06, 0.5, 1.6, Vectors, true, "arXiv 2310.16795, table 6, its least for other models; kernels: its section 5.3"},
}

// Names returns every format.
func Names() []Name {
	var names []Name
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return names
}

// Of returns the format of that name. The empty name is whatever bits the model has,
// decoded for free.
func Of(n Name) (Format, bool) {
	for _, f := range formats {
		if f.Name == n {
			return f, true
		}
	}
	return Format{Title: "as the model's bits say", Least: 0.5, Most: 32}, n == ""
}

// QMoERatio returns how much smaller than bf16 QMoE makes the experts of a model
// (arXiv 2310.16795, table 6). Nobody has compressed other models: they get the least
// of what is published.
func QMoERatio(model string) float64 {
	switch model {
	case "switch-large-128":
		return 18.34
	case "switch-c-2048":
		return 20.07
	default:
		return 17.06 // switch-base-128
	}
}

// Bits returns the usual bits a weight of n in a model.
func (n Name) Bits(model string) float64 {
	if n == QMoE {
		return 16 / QMoERatio(model)
	}
	f, _ := Of(n)
	return f.Bits
}

// Spec is a format, and what decoding costs where nobody has measured it. The zero
// Spec is whatever bits the model has, decoded for free.
type Spec struct {
	Name   Name    `json:"name"`
	MatVec float64 `json:"matvec_share,omitzero"`         // qmoe: a product with a vector takes this share of bf16's; 0 = 0.825
	Host   int64   `json:"host_weights_per_s,omitzero"`   // that the host decodes before it computes; 0 = for free
	Device int64   `json:"device_weights_per_s,omitzero"` // that one memory device decodes while it computes; 0 = for free
}

// Published range of MatVec: "up to 35 % faster", never slower (arXiv 2310.16795,
// section 5.3). The default is its middle.
const (
	BestMatVec, WorstMatVec = 0.65, 1.0
	usualMatVec             = 0.825
)

// Validate reports every field that no format can have.
func (s Spec) Validate() error {
	_, known := Of(s.Name)
	return errors.Join(
		fault.Unless(known, "name", "must be bf16, fp16, fp32, int8, int4, int3, int2, marlin or qmoe, got %q", s.Name),
		fault.Within("matvec_share", s.Code().MatVec, BestMatVec, WorstMatVec),
		fault.Within("host_weights_per_s", s.Host, 0, 1e18),
		fault.Within("device_weights_per_s", s.Device, 0, 1e18),
	)
}

// Holds reports a number of bits a weight that the format cannot have.
func (s Spec) Holds(bits float64) error {
	f, _ := Of(s.Name)
	return fault.Within("expert_bits", bits, f.Least, f.Most)
}

// Code is what a kernel of the GPU needs to know.
type Code struct {
	Kernel Kernel
	MatVec float64 // of Vectors
}

// Code returns what a kernel of the GPU needs to know of s.
func (s Spec) Code() Code {
	f, _ := Of(s.Name)
	c := Code{f.Kernel, s.MatVec}
	if c.MatVec == 0 {
		c.MatVec = usualMatVec
	}
	return c
}

// OnHost returns how long the host decodes so many weights before it computes.
func (s Spec) OnHost(weights int64) unit.Time { return decode(weights, s.Host) }

// OnDevice returns how long one memory device decodes so many weights, beside
// everything else that it does.
func (s Spec) OnDevice(weights int64) unit.Time { return decode(weights, s.Device) }

func decode(weights, rate int64) unit.Time {
	if rate == 0 {
		return 0
	}
	return unit.BytesPerSecond(rate).Transfer(unit.Bytes(weights)) // a weight for a byte: rounded up alike
}

// Badge says what a reader must know of a format that changes the model's output;
// empty for one that does not.
func (s Spec) Badge() string {
	f, _ := Of(s.Name)
	switch {
	case !f.Lossy:
		return ""
	case f.Kernel == Vectors:
		return f.Title + ": experts are ternary, so the output differs (C4 loss 1.18 to 1.26, QMoE, table 4)"
	}
	return f.Title + ": experts are rounded, so the output differs"
}
