// Package isa models the instructions that a host sends to a near-data core: 64
// bytes, one CXL line, each a matrix product with what follows it.
//
// From MoNDE (DAC 2024, doi 10.1145/3649329.3655951), which names `gemm`,
// `gemm+relu` and a memory-mapped done register, and publishes no layout. The
// layout, the checks, `gemm+silu*mul` for experts of three matrices, and low-bit
// weights are ours. An instruction computes
//
//	output[m][n] = f( Σk activations[m][k] · weights[n][k] ),  m < M, n < N, k < K
//
// and then writes its tag to the done register. All fields are little-endian:
//
//	offset bytes field
//	  0     1    opcode        1 gemm, 2 gemm+relu, 3 gemm+silu*mul
//	  1     1    version       1
//	  2     1    format        of activations, outputs and scales: 1 bf16, 2 fp16
//	  3     1    bits          a weight: 16 (in that format), 8, 4, 3, 2 or 1
//	  4     2    group         weights a scale; 0 for 16 bits
//	  6     2    reserved      0
//	  8     4    M             rows of activations (tokens), 1 to 2²⁴
//	 12     4    K             inner size, 1 to 2¹⁷
//	 16     4    N             outputs a row, 1 to 2¹⁷
//	 20     4    tag           1 to 2³²-1: 0 is what a cleared done register reads
//	 24     8    activations   address, a multiple of 64, below 2⁵⁰
//	 32     8    weights       the same; of the gate matrix if there are two
//	 40     8    up            the same, of the second matrix; 0 if there is none
//	 48     8    output        the same
//	 56     8    done          the same: 8 bytes at the head of a line
//
// Two matrices of one instruction have the same shape and format. What is written
// (output and done) must not overlap anything else, or the result would depend on
// the order of tiles.
//
// It leaves out GELU, biases and clamps: no preset of package model has the first,
// and those of gpt-oss move no time. Zero points, and formats whose levels are not
// evenly spaced (MXFP4), are left out of the low-bit weights.
package isa
