package system

import (
	"monde/core/model"
	"monde/core/scenario"
	"monde/core/workload"
)

// pass is one forward pass through one stack.
type pass struct {
	route  workload.Pass
	span   model.Span
	stack  model.Stack
	first  int  // index of the stack's first block in report.Layers
	emits  bool // ends with the output head, and a token a sequence
	number int32
}

// plan is the passes of a run, made one by one because there may be millions.
type plan struct {
	s      scenario.Scenario
	pair   bool
	input  bool // begins with an input pass
	output int  // decoding steps
}

func newPlan(s scenario.Scenario) plan {
	p := plan{s: s, pair: s.Model.Encoder.Blocks > 0}
	switch s.Workload.Phase {
	case workload.Encoder, workload.Prefill:
		p.input = true
	case workload.Decoder, workload.Decode:
		p.output = s.Workload.OutputTokens
	case workload.Generate:
		p.input, p.output = true, s.Workload.OutputTokens
		if !p.pair {
			p.output-- // prefill gives the first token
		}
	}
	return p
}

// passes returns how many there are.
func (p plan) passes() int {
	if p.input {
		return p.output + 1
	}
	return p.output
}

// steps returns the first of the decoding steps and how many there are, or else the input
// pass.
func (p plan) steps() (first, n int) {
	if p.input && p.output > 0 {
		return 1, p.output
	}
	return 0, p.passes()
}

// at returns pass number n.
func (p plan) at(n int) pass {
	if p.input && n == 0 {
		return p.inputPass()
	}
	step := n
	if p.input {
		step--
	}
	return p.step(step, int32(n))
}

func (p plan) inputPass() pass {
	w := p.s.Workload
	q := pass{
		route: workload.Pass{Encoder: p.pair, Tokens: p.s.Sequences() * w.InputTokens, Input: true},
		span:  model.Span{Batch: w.Batch, Tokens: w.InputTokens, Causal: !p.pair},
		stack: p.s.Model.Decoder,
		emits: !p.pair,
	}
	if p.pair {
		q.stack = p.s.Model.Encoder
	}
	return q
}

func (p plan) step(step int, number int32) pass {
	w := p.s.Workload
	past := step
	if !p.pair {
		past = w.InputTokens + step
	}
	q := pass{
		route: workload.Pass{Step: step, Tokens: p.s.Sequences()},
		span:  model.Span{Batch: w.Batch, Tokens: 1, Past: past, Causal: true},
		stack: p.s.Model.Decoder,
		first: p.s.Model.Encoder.Blocks,
		emits: true, number: number,
	}
	if p.pair {
		q.span.Encoded = w.InputTokens
		if !p.input {
			q.first = 0
		}
	}
	return q
}

// layers returns how many blocks all passes run.
func (p plan) layers() int64 {
	if p.s.Workload.Scope.Partial() {
		return int64(p.passes())
	}
	n := int64(p.output) * int64(p.s.Model.Decoder.Blocks)
	if p.input {
		n += int64(p.inputPass().stack.Blocks)
	}
	return n
}
