package kv_test

import (
	"math"
	"testing"

	"monde/core/fault"
	"monde/core/kv"
	"monde/core/unit"
)

// yi6b is Yi-6B: 32 layers of 4 key-value heads of 128, bf16 (config.json of 01-ai/Yi-6B).
func yi6b(sequences, tokens int) kv.Demand {
	d := kv.Demand{Sequences: sequences, Token: 2 * 2 * 4 * 128}
	for range 32 {
		d.Tokens = append(d.Tokens, tokens)
	}
	return d
}

const (
	a100   = unit.Bytes(80 << 30)
	weight = unit.Bytes(2 * 6.06e9) // of Yi-6B
)

// vTensor (arXiv 2407.15309), abstract: about 71.25 % (57 GB) of an A100-80GB is freed
// against vLLM, which reserves 0.9 of the memory.
func TestVTensorFreesSome57GBOfAnA100(t *testing.T) {
	for _, sequences := range []int{1, 4} {
		s := kv.Spec{Allocator: kv.VTensor}
		u := s.Usage(yi6b(sequences, 8192+4096), a100, weight)
		freed := s.Freed(u, a100, weight)
		share := float64(freed) / float64(a100)
		t.Logf("%d sequences of 12,288 tokens: %.1f GiB freed, %.1f %%", sequences, float64(freed)/(1<<30), 100*share)
		if math.Abs(share/0.7125-1) > 0.06 {
			t.Errorf("%d sequences: %.1f %% are freed, published 71.25", sequences, 100*share)
		}
		paged := kv.Spec{Allocator: kv.Paged}.Usage(yi6b(sequences, 8192+4096), a100, weight)
		if got := paged.Pool - u.Pool; got != freed {
			t.Errorf("the pools differ by %d B, freed are %d", got, freed)
		}
		if got := kv.Slots(freed, 352<<20); got < 150 { // of Mixtral-8x7B, in bf16
			t.Errorf("only %d experts fit into it", got)
		}
	}
}

func TestAllocatorsRoundUpAsTheySay(t *testing.T) {
	for _, tt := range []struct {
		spec       kv.Spec
		held, pool unit.Bytes
	}{
		{kv.Spec{}, 3 * 2 * 33 * 1000, 3 * 2 * 33 * 1000},
		{kv.Spec{Allocator: kv.Static, MaxTokens: 100}, 3 * 2 * 100 * 1000, 3 * 2 * 100 * 1000},
		{kv.Spec{Allocator: kv.Static, MaxTokens: 10}, 3 * 2 * 33 * 1000, 3 * 2 * 33 * 1000},
		{kv.Spec{Allocator: kv.Static}, 3 * 2 * 2048 * 1000, 3 * 2 * 2048 * 1000},
		{kv.Spec{Allocator: kv.Paged}, 3 * 2 * 48 * 1000, 900_000},
		{kv.Spec{Allocator: kv.Paged, Block: 1, Utilisation: 0.15}, 3 * 2 * 33 * 1000, 3 * 2 * 33 * 1000},
		{kv.Spec{Allocator: kv.VTensor}, 3 * 2 * 2 << 20, 3 * 2 * 2 << 20},
	} {
		u := tt.spec.Usage(kv.Demand{Sequences: 3, Token: 1000, Tokens: []int{33, 33}}, 1_100_000, 90_000)
		if u.Used != 198_000 || u.Held != tt.held || u.Pool != tt.pool {
			t.Errorf("%+v: %+v, want %d held, pool %d", tt.spec, u, tt.held, tt.pool)
		}
	}
}

func TestEveryMistakeOfAnAllocatorIsNamed(t *testing.T) {
	var paths string
	for _, f := range fault.Fields(kv.Spec{"heap", -1, -1, 2}.Validate()) {
		paths += f.Path + " "
	}
	if want := "allocator max_tokens block_tokens utilisation "; paths != want {
		t.Errorf("faults at %q, want %q", paths, want)
	}
}

// A page wastes less than a block a sequence and layer, a chunk less than itself; no
// pool is smaller than what it holds.
func FuzzWasteIsBelowOneStep(f *testing.F) {
	f.Add(uint8(1), uint16(1), uint16(1), uint16(15))
	f.Add(uint8(200), uint16(4096), uint16(65535), uint16(1))
	f.Fuzz(func(t *testing.T, sequences uint8, each, tokens, block uint16) {
		d := kv.Demand{Sequences: int(sequences), Token: unit.Bytes(each), Tokens: []int{int(tokens), int(tokens) / 3}}
		steps := unit.Bytes(sequences) * 2
		b := 1 + int(block)
		for _, tt := range []struct {
			spec kv.Spec
			most unit.Bytes
		}{
			{kv.Spec{Allocator: kv.Paged, Block: b}, steps * unit.Bytes(b-1) * unit.Bytes(each)},
			{kv.Spec{Allocator: kv.VTensor}, steps * (2<<20 - 1)},
		} {
			u := tt.spec.Usage(d, 1<<37, 1<<30)
			if waste := u.Held - u.Used; waste < 0 || waste > tt.most || u.Pool < u.Held {
				t.Errorf("%+v of %+v: %+v, at most %d B may be wasted", tt.spec, d, u, tt.most)
			}
		}
	})
}
