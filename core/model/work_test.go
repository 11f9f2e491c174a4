package model_test

import (
	"testing"

	"monde/core/model"
	"monde/core/unit"
)

// Every figure here is worked out by hand from the shapes in the presets; MFLOP
// are 10⁶ operations, a multiply-add is two.

func work(t *testing.T, what string, got model.Work, flops unit.FLOPs, bytes unit.Bytes) {
	t.Helper()
	if want := (model.Work{FLOPs: flops, Bytes: bytes}); got != want {
		t.Errorf("%s is %+v, want %+v", what, got, want)
	}
}

// attention is what block i asks for, cross attention included.
func attention(s model.Spec, i int, p model.Span) model.Work {
	w := s.Self(nil, i, p).Work(s)
	if p.Encoded > 0 {
		w = w.Plus(s.Cross(nil, p).Work(s))
	}
	return w
}

func TestWorkOfMixtralByHand(t *testing.T) {
	s := named(t, "mixtral-8x7b")
	// Projections: query and output 4096×4096 each, key and value 4096×1024 each.
	const projections = 2*4096*4096 + 2*4096*1024
	const kv = 2 * 2 * 1024 // bytes

	step := model.Span{Batch: 2, Tokens: 1, Past: 511, Causal: true}
	// 2 tokens; each sees 512 keys in 32 heads of 128, twice (scores and values).
	work(t, "a decoding step's attention", attention(s, 0, step), 2*2*projections+2*512*2*32*256, 2*projections+2*512*kv)

	input := model.Span{Batch: 1, Tokens: 512, Causal: true}
	// A token sees itself and those before it: 256.5 on average.
	work(t, "an input pass's attention", attention(s, 0, input), 2*512*projections+512*256.5*2*32*256, 2*projections+512*kv)

	const expert = 3 * 4096 * 14336
	work(t, "an expert", s.Expert(3), 2*3*expert, 2*expert)
	work(t, "the gate", s.Gate(3).Work(s.WeightBits), 2*3*4096*8, 2*4096*8)
	work(t, "the head", s.Head(2).Work(s.WeightBits), 2*2*32000*4096, 2*32000*4096)
	work(t, "shared experts that it has not", s.Shared(3), 0, 0)
}

func TestAWindowLimitsTheKeysOfItsBlocksOnly(t *testing.T) {
	s := named(t, "gpt-oss-20b") // window 128 in even blocks
	step := model.Span{Batch: 1, Tokens: 1, Past: 999, Causal: true}
	windowed, full := attention(s, 0, step), attention(s, 1, step)
	const perKey, kv = 2 * 64 * 128, 2 * 2 * 8 * 64
	if got, want := full.FLOPs-windowed.FLOPs, unit.FLOPs((1000-128)*perKey); got != want {
		t.Errorf("a full block computes %d more, want %d", got, want)
	}
	if got, want := full.Bytes-windowed.Bytes, unit.Bytes((1000-128)*kv); got != want {
		t.Errorf("a full block reads %d B more, want %d", got, want)
	}
	if s.Cached(0, 1000) != 128 || s.Cached(1, 1000) != 1000 {
		t.Errorf("blocks cache %d and %d tokens, want 128 and 1000", s.Cached(0, 1000), s.Cached(1, 1000))
	}
}

// DeepSeek-V2-Lite caches 512 latents and 64 rotary dimensions a token; a step's
// scores take 576 multiply-adds a key and head, its values 512.
func TestLatentAttentionDecodesOnItsCache(t *testing.T) {
	s := named(t, "deepseek-v2-lite")
	a := attention(s, 0, model.Span{Batch: 1, Tokens: 1, Past: 99, Causal: true})
	b := attention(s, 0, model.Span{Batch: 1, Tokens: 1, Past: 100, Causal: true})
	if got, want := b.FLOPs-a.FLOPs, unit.FLOPs(2*16*(576+512)); got != want {
		t.Errorf("one more key costs %d, want %d", got, want)
	}
	if got, want := b.Bytes-a.Bytes, unit.Bytes(2*576); got != want {
		t.Errorf("one more key reads %d B, want %d", got, want)
	}
	// query 2048×3072, latents 2048×576, keys and values up 512×16×256, output 2048×2048
	const weights = 2048*3072 + 2048*576 + 512*16*256 + 2048*2048
	c := attention(s, 0, model.Span{Batch: 1, Tokens: 1, Causal: true})
	if got, want := c.FLOPs, unit.FLOPs(2*weights+2*16*(192+128)); got != want {
		t.Errorf("the first token costs %d, want %d", got, want)
	}
	work(t, "two shared experts", s.Shared(5), 2*5*3*2048*2816, 2*3*2048*2816)
}

func TestCrossAttentionMakesItsKeysOnce(t *testing.T) {
	s := named(t, "nllb-moe-54b")
	const matrix = 2048 * 2048
	first := attention(s, 0, model.Span{Batch: 4, Tokens: 1, Causal: true, Encoded: 512})
	later := attention(s, 0, model.Span{Batch: 4, Tokens: 1, Past: 1, Causal: true, Encoded: 512})
	self := model.Work{FLOPs: 4 * 1 * 2 * 2 * 2048, Bytes: 4 * 1 * 8192} // one more key of self attention
	if got, want := first.FLOPs-later.FLOPs, unit.FLOPs(2*2048*2*matrix)-self.FLOPs; got != want {
		t.Errorf("the first step costs %d more, want the keys and values of 2048 tokens less one key, %d", got, want)
	}
	// The first step also reads the weights of keys and values; both go over the cache.
	if got, want := first.Bytes-later.Bytes, unit.Bytes(2*2*matrix)-self.Bytes; got != want {
		t.Errorf("the first step moves %d B more, want %d", got, want)
	}
}
