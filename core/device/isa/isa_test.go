package isa_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/isa"
	"monde/core/device/memory"
	"monde/core/fault"
)

// first is the first product of an expert of Switch-Large-128 for three tokens.
var first = isa.Instruction{
	Op: isa.GEMMReLU, Format: isa.BF16, Bits: 16, M: 3, K: 1024, N: 4096, Tag: 7,
	Activations: 1 << 40, Weights: 0x10000, Output: 1<<40 + 3*2048, Done: 1<<40 + 3*(2048+8192),
}

// instruction draws valid instructions: operands lie one behind the other, in any
// order, with gaps.
func instruction() *rapid.Generator[isa.Instruction] {
	return rapid.Custom(func(t *rapid.T) isa.Instruction {
		i := isa.Instruction{
			Op:     rapid.SampledFrom([]isa.Opcode{isa.GEMM, isa.GEMMReLU, isa.GEMMSiLUMul}).Draw(t, "op"),
			Format: rapid.SampledFrom([]isa.Format{isa.BF16, isa.FP16}).Draw(t, "format"),
			Bits:   rapid.SampledFrom([]int{16, 8, 4, 3, 2, 1}).Draw(t, "bits"),
			M:      rapid.IntRange(1, isa.MaxRows).Draw(t, "m"),
			K:      rapid.IntRange(1, isa.MaxDim).Draw(t, "k"),
			N:      rapid.IntRange(1, isa.MaxDim).Draw(t, "n"),
			Tag:    rapid.Uint32Range(1, 1<<32-1).Draw(t, "tag"),
		}
		if i.Bits < 16 {
			i.Group = 16 << rapid.IntRange(0, 6).Draw(t, "group")
		}
		next := memory.Address(0)
		places := rapid.Permutation([]*memory.Address{&i.Activations, &i.Weights, &i.Up, &i.Output, &i.Done}).Draw(t, "order")
		for _, p := range places {
			if p == &i.Up && !i.Op.Gated() {
				continue
			}
			*p = (next+63)/64*64 + memory.Address(64*rapid.IntRange(0, 1<<30).Draw(t, "gap"))
			for _, o := range i.Operands() {
				if o.Region.Start == *p {
					next = max(next, o.Region.End())
				}
			}
		}
		return i
	})
}

func TestDecodingUndoesEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := instruction().Draw(t, "instruction")
		w, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := w.Decode(); err != nil || got != want {
			t.Fatalf("%+v became %+v, %v", want, got, err)
		}
	})
}

// Every bit of an accepted word means something, so decoding loses none.
func FuzzDecodeAcceptsOnlyWhatEncodeMakes(f *testing.F) {
	for _, i := range []isa.Instruction{first, gated()} {
		w, err := i.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(w[:])
	}
	f.Add(make([]byte, memory.Line))
	f.Add(bytes.Repeat([]byte{0xff}, int(memory.Line)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var w isa.Word
		copy(w[:], data)
		i, err := w.Decode()
		if err != nil {
			if !fault.Is(err) || i != (isa.Instruction{}) {
				t.Fatalf("a refusal without a field, or with an instruction: %v", err)
			}
			return
		}
		if back, err := i.Encode(); err != nil || back != w {
			t.Fatalf("%x decodes to %+v, which encodes to %x, %v", w, i, back, err)
		}
	})
}

// gated is an instruction of an expert of three matrices, with 3-bit weights.
func gated() isa.Instruction {
	i := first
	i.Op, i.Bits, i.Group, i.Up, i.Weights = isa.GEMMSiLUMul, 3, 128, 1<<30, 1<<31
	return i
}

// The layout is a promise: this is the table of the package comment, byte by byte.
func TestTheLayoutIsTheDocumentedOne(t *testing.T) {
	i := isa.Instruction{
		Op: isa.GEMMSiLUMul, Format: isa.FP16, Bits: 4, Group: 0x0080, M: 0x010203, K: 0x010405, N: 0x010607, Tag: 0xa1a2a3a4,
		Activations: 0x1_0000_0000_0000, Weights: 0x2_0000_0000_0040, Up: 0x0_1000_0000_0080, Output: 0x3_0000_0000_00c0, Done: 0x0_0102_0304_0500,
	}
	w, err := i.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want := "03010204" + "8000" + "0000" + "03020100" + "05040100" + "07060100" + "a4a3a2a1" +
		"0000000000000100" + "4000000000000200" + "8000000000100000" + "c000000000000300" + "0005040302010000"
	if got := hex.EncodeToString(w[:]); got != want {
		t.Errorf("the word is\n%s, want\n%s", got, want)
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	check := func(field, reason string, edit func(*isa.Instruction)) {
		t.Helper()
		i := gated()
		edit(&i)
		_, err := i.Encode()
		if want := "instruction." + field + ": " + reason; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	check("opcode", "must be", func(i *isa.Instruction) { i.Op = 4 })
	check("format", "must be", func(i *isa.Instruction) { i.Format = 3 })
	check("bits", "must be", func(i *isa.Instruction) { i.Bits = 5 })
	check("group", "must be a power of two", func(i *isa.Instruction) { i.Group = 48 })
	check("group", "must be 0", func(i *isa.Instruction) { i.Bits = 16 })
	check("m", "must be 1 to", func(i *isa.Instruction) { i.M = 0 })
	check("k", "must be 1 to", func(i *isa.Instruction) { i.K = isa.MaxDim + 1 })
	check("n", "must be 1 to", func(i *isa.Instruction) { i.N = -1 })
	check("tag", "must not be 0", func(i *isa.Instruction) { i.Tag = 0 })
	check("up", "must be 0", func(i *isa.Instruction) { i.Op = isa.GEMM })
	check("weights", "must be a multiple of 64", func(i *isa.Instruction) { i.Weights++ })
	check("output", "must be a multiple of 64", func(i *isa.Instruction) { i.Output = 1 << 50 })
	check("output", "must not overlap activations", func(i *isa.Instruction) { i.Output = i.Activations + 64 })
	check("output", "must not overlap up", func(i *isa.Instruction) { i.Output = i.Up })
	check("done", "must not overlap output", func(i *isa.Instruction) { i.Done = i.Output })
}

func TestADecoderChecksVersionAndReservedBits(t *testing.T) {
	w, err := first.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[int]string{
		1: "instruction.version: must be 1, got 129",
		6: "instruction.reserved: must be 0, got 0x0080",
		7: "instruction.reserved: must be 0, got 0x8000",
		0: "instruction.opcode: must be 1 (gemm), 2 (gemm+relu) or 3 (gemm+silu*mul), got 130",
	} {
		bad := w
		bad[at] |= 0x80
		if _, err := bad.Decode(); err == nil || err.Error() != want {
			t.Errorf("byte %d: got %v, want %s", at, err, want)
		}
	}
}

// By hand: 41 weights of 3 bits are 123 bits, 16 bytes; 5 rows are 80, so scales
// start at 128; 41 weights are 3 groups of 16; 5·3 scales of 2 bytes end at 158.
func TestTheSizeOfAMatrixIsThatOfItsCodesAndScales(t *testing.T) {
	w := isa.Weights{K: 41, N: 5, Format: isa.BF16, Bits: 3, Group: 16}
	if w.RowBytes() != 16 || w.Scales() != 128 || w.Groups() != 3 || w.Bytes() != 158 {
		t.Errorf("a row of %d bytes, %d groups, scales at %d, %d bytes in all", w.RowBytes(), w.Groups(), w.Scales(), w.Bytes())
	}
	if b := first.Matrix().Bytes(); b != 2*1024*4096 {
		t.Errorf("a matrix of 16 bits takes %d bytes", b)
	}
}

func TestWhatHasNoNameHasANumber(t *testing.T) {
	got := fmt.Sprint(isa.GEMM, isa.GEMMReLU, isa.GEMMSiLUMul, isa.Opcode(0), isa.Opcode(4), isa.BF16, isa.FP16, isa.Format(3))
	if want := "gemm gemm+relu gemm+silu*mul opcode 0 opcode 4 bf16 fp16 format 3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAGatedInstructionReadsTwoMatrices(t *testing.T) {
	var names []string
	for _, o := range gated().Operands() {
		names = append(names, o.Field)
	}
	if got := strings.Join(names, " "); got != "activations weights up output done" || gated().Matrices() != 2 || first.Matrices() != 1 {
		t.Errorf("it touches %s", got)
	}
}

func ExampleInstruction_Encode() {
	i := isa.Instruction{
		Op: isa.GEMMReLU, Format: isa.BF16, Bits: 16, M: 3, K: 1024, N: 4096, Tag: 1,
		Activations: 0x1000000, Weights: 0x100000, Output: 0x1002000, Done: 0x1010000,
	}
	w, err := i.Encode()
	fmt.Printf("%s, %x, %v\n", i.Op, w[:24], err)
	i.Output = i.Weights
	_, err = i.Encode()
	fmt.Println(err)
	// Output:
	// gemm+relu, 020101100000000003000000000400000010000001000000, <nil>
	// instruction.output: must not overlap weights
}
