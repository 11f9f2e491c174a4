// Package functional computes what the simulated devices only take time for: the
// numbers of an expert's FFN, in a device's own memory, by its own instructions,
// and what a GPU and a CPU make of the same expert.
//
// No execution of an expert near data has been measured anywhere: MoNDE (DAC 2024,
// doi 10.1145/3649329.3655951) simulates it, and so do those who follow. This
// package shows that the function is right: that a layer's output does not depend
// on where its experts run. It says nothing of hardware, and nothing of time.
//
// The paper computes in bfloat16 and changes no arithmetic. The rest is ours, and
// is one definition for every executor:
//
//   - Operands are bf16 (or fp16), rounded from float32 to nearest, ties to even.
//     Weights of fewer bits are decoded as isa.Weights says, to the same format.
//   - An output is a float32 sum from 0, over k ascending, of products rounded to
//     float32. A product of two such operands is exact unless it underflows, so an
//     explicit rounding costs nothing and forbids a fused multiply-add.
//   - ReLU leaves NaN. silu(x) is x/(1+e^-x) in float64, rounded to float32;
//     silu(gate)·up is one float32 product of the two sums.
//   - Then the output is rounded to the format, once. NaN becomes the one quiet
//     NaN, since the bits of a NaN differ between targets.
//   - A token's outputs of its top-k experts are a float32 sum from 0, in the order
//     of its choices, of gate · output rounded to float32; then rounded once.
//
// Tiles, tokens and experts may thus be cut and placed in any way: results are
// equal to the bit, on every target. Frameworks round more often (gate and up
// before silu), sum in other orders, and do not agree with themselves when a batch
// changes; results of theirs are within a bound of these, not equal.
package functional
