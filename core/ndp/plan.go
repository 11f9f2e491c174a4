package ndp

import "monde/core/unit"

// reading says how often a stage fetches its input from memory.
type reading uint8

const (
	never reading = iota // the stage before left it on the core
	once                 // with the first output tile, and kept
	each                 // with every output tile again, streamed
)

// A flow is what a stage moves to and from memory beside weights.
type flow struct {
	read  reading
	write bool // results go to memory, and else stay
}

// reads returns the bytes that g fetches for the given tokens.
func (f flow) reads(g stage, tokens int64) unit.Bytes {
	input := unit.Bytes(tokens*g.k) * ActivationBytes
	switch f.read {
	case once:
		return input
	case each:
		return input * unit.Bytes(g.tiles*g.parts)
	default:
		return 0
	}
}

// A plan is the flow of each stage for one block of tokens.
type plan [2]flow

// choice is a plan and the activation buffer that it needs.
type choice struct {
	plan
	need unit.Bytes
}

// plan returns, of what fits into the activation buffer, the plan with the fewest
// bytes to and from memory.
//
// Inputs and intermediate are kept whole or not at all. Whatever streams needs
// two chunks of it. Streaming all always fits: a chunk is cut to that.
func (s Schedule) plan(tokens int64) plan {
	choices, n := s.choices(tokens)
	best := choices[n-1].plan
	least := s.traffic(best, tokens)
	for _, c := range choices[:n-1] {
		if b := s.traffic(c.plan, tokens); c.need <= s.room && b < least {
			best, least = c.plan, b
		}
	}
	return best
}

// choices returns the plans, the one that streams all last, and how many. Input
// streamed and intermediate brought back once is not one: where that fits, so does
// leaving the intermediate on the core.
func (s Schedule) choices(tokens int64) ([5]choice, int) {
	input := unit.Bytes(tokens*s.stages[0].k) * ActivationBytes
	stream := s.stages[0].stream(tokens)
	if s.used == 1 {
		return [5]choice{
			{plan{{once, true}}, stream + input},
			{plan{{each, true}}, stream},
		}, 2
	}
	inner := unit.Bytes(tokens*s.stages[1].k) * ActivationBytes
	stream = max(stream, s.stages[1].stream(tokens))
	return [5]choice{
		{plan{{once, false}, {never, true}}, input + inner},
		{plan{{each, false}, {never, true}}, stream + inner},
		{plan{{once, true}, {once, true}}, stream + max(input, inner)},
		{plan{{once, true}, {each, true}}, stream + input},
		{plan{{each, true}, {each, true}}, stream},
	}, 5
}

// stream returns what two chunks of g's input take.
func (g stage) stream(tokens int64) unit.Bytes {
	return unit.Bytes(2 * g.chunk * min(g.rowBytes, tokens*ActivationBytes))
}

// traffic returns the bytes to and from memory under p, weights left out.
func (s Schedule) traffic(p plan, tokens int64) unit.Bytes {
	var all unit.Bytes
	for i, f := range p[:s.used] {
		t := s.stages[i].total(f, tokens, 1)
		all += t.Reads + t.Writes
	}
	return all
}
