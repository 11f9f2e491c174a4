package workload

import "monde/core/model"

// A leg is the passes of a run that are alike: its input pass, or its decoding
// steps.
type leg struct {
	encoder bool
	input   bool
	layers  int // MoE blocks of the stack, or 1 of scope moe_layer
	tokens  int // in a pass
	passes  int
}

// legs returns what a run of s consists of, in order.
func legs(s Spec, m model.Spec) []leg {
	pair := m.Encoder.Blocks > 0
	input := leg{encoder: pair, input: true, layers: m.Decoder.MoEBlocks(), tokens: s.Batch * s.InputTokens, passes: 1}
	if pair {
		input.layers = m.Encoder.MoEBlocks()
	}
	steps := leg{layers: m.Decoder.MoEBlocks(), tokens: s.Batch, passes: s.OutputTokens}
	if s.Scope.Partial() {
		input.layers, steps.layers = 1, 1
	}
	switch s.Phase {
	case Encoder, Prefill:
		return []leg{input}
	case Decoder, Decode:
		return []leg{steps}
	}
	if !pair {
		steps.passes-- // the input pass gives the first token
	}
	if steps.passes == 0 {
		return []leg{input}
	}
	return []leg{input, steps}
}

// stack returns the name of the stack that streams of random numbers go by.
func (l leg) stack() string {
	if l.encoder {
		return "encoder"
	}
	return "decoder"
}

// part names the leg in a sentence.
func (l leg) part() string {
	switch {
	case l.encoder:
		return "the encoder's input pass"
	case l.input:
		return "the input pass"
	default:
		return "decoding steps"
	}
}
