package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"monde/core/fault"
)

// config is a Hugging Face config.json, read field by field: families spell the
// same thing differently, and files leave out what equals the class's default.
type config struct {
	doc   map[string]any
	errs  []error
	notes []string
}

// FromConfig reads the shape of a model from its Hugging Face config.json. It
// also returns what it had to assume. The error names every field that is
// missing or that no model can have.
func FromConfig(doc []byte) (Spec, []string, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	c := config{}
	if err := dec.Decode(&c.doc); err != nil {
		return Spec{}, nil, fault.At("", "not a config.json: %v", err)
	}
	family, _ := c.doc["model_type"].(string)
	read, ok := families[family]
	if !ok {
		return Spec{}, nil, fault.At("model_type", "must be one of %s, got %q", familyNames, family)
	}
	s := Spec{Family: family, Name: c.name(family)}
	read(&c, &s)
	c.precision(&s)
	if len(c.errs) > 0 {
		return Spec{}, nil, errors.Join(c.errs...)
	}
	if err := s.Validate(); err != nil {
		return Spec{}, nil, err
	}
	return s, c.notes, nil
}

// families reads each model_type; familyNames lists them for people.
var families = map[string]func(*config, *Spec){
	"switch_transformers": (*config).switchTransformers,
	"nllb-moe":            (*config).nllb,
	"mixtral":             (*config).mixtral,
	"gpt_oss":             (*config).gptOSS,
	"phimoe":              (*config).mixtral,
	"deepseek":            (*config).deepseek,
	"deepseek_v2":         (*config).deepseek,
	"deepseek_v3":         (*config).deepseek,
	"qwen2_moe":           (*config).qwen,
	"qwen3_moe":           (*config).qwen,
	"olmoe":               (*config).olmoe,
}

const familyNames = "switch_transformers, nllb-moe, mixtral, phimoe, gpt_oss, deepseek, deepseek_v2, deepseek_v3, qwen2_moe, qwen3_moe, olmoe"

// Defaults below are those of the configuration classes in Hugging Face
// transformers, for keys that files leave out.

func (c *config) switchTransformers(s *Spec) {
	s.DModel, s.DFF, s.Vocab = c.need("d_model"), c.need("d_ff"), c.int("vocab_size", 32128)
	s.Heads, s.HeadDim = c.need("num_heads"), c.int("d_kv", 64)
	s.KVHeads = s.Heads
	layers := c.need("num_layers")
	decoder := c.int("num_decoder_layers", layers)
	s.Encoder = switchStack(layers, c.int("num_sparse_encoder_layers", 3))
	s.Decoder = switchStack(decoder, c.int("num_sparse_decoder_layers", 3))
	s.Experts, s.TopK, s.ExpertFF = c.need("num_experts"), 1, s.DFF
	s.TiedEmbed = c.bool("tie_word_embeddings", true)
	if activation, _ := c.doc["feed_forward_proj"].(string); strings.HasPrefix(activation, "gated-") {
		c.fail("feed_forward_proj", "must not be gated: the class's experts are not, whatever its dense blocks are")
	}
}

// switchStack spreads sparse layers as SwitchTransformersStack does: block i is
// sparse when i mod step is 1, or always when step is 1.
func switchStack(layers, sparse int) Stack {
	if sparse <= 0 || layers <= 0 {
		return Stack{Blocks: layers}
	}
	step := max(1, layers/sparse)
	return Stack{layers, min(1, step-1), step}
}

func (c *config) nllb(s *Spec) {
	s.DModel, s.Vocab = c.need("d_model"), c.int("vocab_size", 128112)
	s.DFF = c.need("encoder_ffn_dim")
	if d := c.int("decoder_ffn_dim", s.DFF); d != s.DFF {
		c.fail("decoder_ffn_dim", "must equal encoder_ffn_dim, got %d and %d", d, s.DFF)
	}
	s.Heads = c.int("encoder_attention_heads", 16)
	s.KVHeads, s.HeadDim = s.Heads, c.share("d_model", s.DModel, "encoder_attention_heads", s.Heads)
	s.Encoder = everyNth(c.need("encoder_layers"), c.int("encoder_sparse_step", 4))
	s.Decoder = everyNth(c.need("decoder_layers"), c.int("decoder_sparse_step", 4))
	s.Experts, s.TopK, s.ExpertFF = c.need("num_experts"), 2, s.DFF // NllbMoeTop2Router
	s.TiedEmbed = c.bool("tie_word_embeddings", true)
}

// everyNth is a stack whose blocks step, 2·step, … (from 1) are sparse.
func everyNth(layers, step int) Stack {
	if step <= 0 {
		return Stack{Blocks: layers}
	}
	return Stack{layers, step - 1, step}
}

func (c *config) mixtral(s *Spec) {
	c.decoderOnly(s)
	s.Experts, s.TopK = c.int("num_local_experts", 8), c.int("num_experts_per_tok", 2)
	s.ExpertFF = s.DFF
}

func (c *config) gptOSS(s *Spec) {
	c.decoderOnly(s)
	s.Experts = c.int("num_local_experts", 128)
	s.TopK = c.int("num_experts_per_tok", c.int("experts_per_token", 4))
	s.ExpertFF = s.DFF
	s.Window, s.WindowGap = c.int("sliding_window", 128), 2
}

func (c *config) olmoe(s *Spec) {
	c.decoderOnly(s)
	s.Experts, s.TopK = c.int("num_experts", 64), c.int("num_experts_per_tok", 8)
	s.ExpertFF = s.DFF
}

func (c *config) qwen(s *Spec) {
	c.decoderOnly(s)
	if s.Family == "qwen3_moe" {
		s.HeadDim = c.int("head_dim", 128)
	}
	s.Experts = c.int("num_experts", c.int("num_local_experts", 0))
	if s.Experts == 0 {
		c.fail("num_experts", "is missing")
	}
	chosen, shared := 8, 0
	if s.Family == "qwen2_moe" {
		chosen, shared = 4, 5632
	}
	s.TopK, s.ExpertFF = c.int("num_experts_per_tok", chosen), c.need("moe_intermediate_size")
	s.SharedFF = c.int("shared_expert_intermediate_size", shared)
	s.Decoder = everyNth(s.Decoder.Blocks, c.int("decoder_sparse_step", 1))
	if dense, ok := c.doc["mlp_only_layers"].([]any); ok && len(dense) > 0 {
		c.fail("mlp_only_layers", "is not supported, got %d layers", len(dense))
	}
}

func (c *config) deepseek(s *Spec) {
	c.decoderOnly(s)
	if s.Family != "deepseek" { // the first has keys and values
		c.latent(s)
	}
	s.Experts, s.TopK = c.need("n_routed_experts"), c.need("num_experts_per_tok")
	s.ExpertFF = c.need("moe_intermediate_size")
	s.SharedFF = c.int("n_shared_experts", 0) * s.ExpertFF
	step := max(1, c.int("moe_layer_freq", 1))
	first := c.int("first_k_dense_replace", 0)
	s.Decoder.MoEFirst, s.Decoder.MoEStep = (first+step-1)/step*step, step // sparse where the index is a multiple of step
}

// latent reads multi-head latent attention.
func (c *config) latent(s *Spec) {
	rope, nope := c.int("qk_rope_head_dim", 64), c.int("qk_nope_head_dim", 128)
	s.HeadDim, s.RopeDim, s.ValueDim = rope+nope, rope, c.int("v_head_dim", 128)
	s.LatentKV, s.LatentQ = c.int("kv_lora_rank", 512)+rope, c.int("q_lora_rank", 0)
	s.KVHeads = s.Heads
}

// decoderOnly reads what decoder-only families spell alike.
func (c *config) decoderOnly(s *Spec) {
	s.DModel, s.DFF, s.Vocab = c.need("hidden_size"), c.need("intermediate_size"), c.need("vocab_size")
	s.Heads = c.need("num_attention_heads")
	s.KVHeads = c.int("num_key_value_heads", s.Heads)
	s.HeadDim = c.int("head_dim", 0)
	if s.HeadDim == 0 {
		s.HeadDim = c.share("hidden_size", s.DModel, "num_attention_heads", s.Heads)
	}
	s.Decoder = Stack{c.need("num_hidden_layers"), 0, 1}
	s.Gated = true
	s.TiedEmbed = c.bool("tie_word_embeddings", false)
	if c.bool("use_sliding_window", s.Family == "mixtral") {
		s.Window = c.int("sliding_window", 0)
	}
}

// precision sets the bits a weight: 16, unless the file says that weights are
// quantised.
func (c *config) precision(s *Spec) {
	s.WeightBits, s.ExpertBits = 16, 16
	if c.doc["torch_dtype"] == "float32" || c.doc["dtype"] == "float32" {
		c.notes = append(c.notes, "the checkpoint is float32; bf16 is assumed, as inference uses")
	}
	q, ok := c.doc["quantization_config"].(map[string]any)
	if !ok {
		return
	}
	method, _ := q["quant_method"].(string)
	bits := (&config{doc: q}).int("bits", 0)
	switch {
	case method == "mxfp4":
		s.ExpertBits = 4.25
	case method == "fp8":
		s.WeightBits, s.ExpertBits = 8, 8
	case bits > 0 && bits <= 16:
		s.WeightBits, s.ExpertBits = float64(bits), float64(bits)
		c.notes = append(c.notes, fmt.Sprintf("%s: %d bits a weight, scales not counted", method, bits))
	default:
		c.notes = append(c.notes, fmt.Sprintf("quantization %q is unknown; 16 bits a weight are assumed", method))
	}
}

func (c *config) name(family string) string {
	if n, _ := c.doc["_name_or_path"].(string); n != "" && len(n) <= 100 {
		return n
	}
	return family
}

func (c *config) fail(path, format string, args ...any) {
	c.errs = append(c.errs, fault.At(path, format, args...))
}

// need returns the whole number at key, which must be there and positive.
func (c *config) need(key string) int {
	n := c.int(key, math.MinInt)
	switch {
	case n == math.MinInt:
		c.fail(key, "is missing")
		return 1
	case n <= 0:
		c.fail(key, "must be positive, got %d", n)
		return 1
	}
	return n
}

// int returns the whole number at key, or otherwise if it is absent or null.
func (c *config) int(key string, otherwise int) int {
	v, ok := c.doc[key]
	if !ok || v == nil {
		return otherwise
	}
	number, _ := v.(json.Number)
	n, err := number.Int64()
	if err != nil || n < -1<<31 || n > 1<<31 {
		c.fail(key, "must be a whole number, got %v", v)
		return 1
	}
	return int(n)
}

func (c *config) bool(key string, otherwise bool) bool {
	if b, ok := c.doc[key].(bool); ok {
		return b
	}
	return otherwise
}

// share returns a head's size: whole, named path, over the number of heads.
func (c *config) share(path string, whole int, heads string, n int) int {
	if n <= 0 || whole%n != 0 {
		c.fail(heads, "must divide %s, got %d and %d", path, n, whole)
		return 1
	}
	return whole / n
}
