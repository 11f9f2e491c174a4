// Package memread says what decoding takes that stops now and then to read a store of
// facts.
//
// From MemLLM (arXiv 2404.11672) and its repository: the model writes a call, decoding
// stops, the names in the call are embedded and searched for in a graph of near
// neighbours (HNSW), and results are appended to the context, where they replace those
// of the read before, so that what follows those is encoded again. In closed form, from
// what a token and an input token take without it. No timing of it is published. It
// leaves out writes, batching of reads, and answers that are better.
package memread

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is how often a model reads, and from what.
type Spec struct {
	Probability float64   `json:"probability"`   // of a read, a generated token
	Call        int       `json:"call_tokens"`   // of a read, generated
	Result      int       `json:"result_tokens"` // of a read, put into the context
	Searches    int       `json:"searches"`      // near neighbours to find, a read: an entity and a relation
	Vectors     int64     `json:"vectors"`       // in the store
	Dim         int       `json:"dim"`
	Value       int       `json:"value_bytes"`
	Visited     int       `json:"visited"`    // vectors that one search compares
	Access      unit.Time `json:"access_ps"`  // to one vector: memory latency, and its bytes
	Embed       unit.Time `json:"embed_ps"`   // one name into a vector
	Compute     unit.Time `json:"compute_ps"` // one comparison
}

// Default is the store of 111 M Wikipedia triples (21 M names) with Contriever's 768
// values of 32 bits, and HNSW with the repository's M 20 and ef 10: some M·ef vectors are
// compared. How often a model reads, latencies and the time of an embedding are ours.
func Default() Spec {
	return Spec{
		Probability: 0.02, Call: 24, Result: 32, Searches: 2, Vectors: 21_000_000, Dim: 768, Value: 4,
		Visited: 200, Access: 250 * unit.Nanosecond, Embed: 5 * unit.Millisecond, Compute: 100 * unit.Nanosecond,
	}
}

// Validate reports every field that no reader can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("probability", s.Probability, 0, 1),
		fault.Within("call_tokens", s.Call, 0, 1<<16),
		fault.Within("result_tokens", s.Result, 0, 1<<16),
		fault.Within("searches", s.Searches, 0, 1<<10),
		fault.Within("vectors", s.Vectors, 0, 1e12),
		fault.Within("dim", s.Dim, 1, 1<<16),
		fault.Within("value_bytes", s.Value, 1, 8),
		fault.Within("visited", s.Visited, 0, 1<<20),
		fault.Within("access_ps", s.Access, 0, unit.Millisecond),
		fault.Within("embed_ps", s.Embed, 0, unit.Second),
		fault.Within("compute_ps", s.Compute, 0, unit.Millisecond),
	)
}

// Store returns what the vectors take: the graph and the names come on top.
func (s Spec) Store() unit.Bytes {
	return unit.Bytes(s.Vectors) * unit.Bytes(s.Dim) * unit.Bytes(s.Value)
}

// Lookup returns how long decoding waits for the store.
func (s Spec) Lookup() unit.Time {
	search := unit.Time(s.Visited) * (s.Access + s.Compute)
	return unit.Time(s.Searches) * (s.Embed + search)
}

// Base is decoding without reads.
type Base struct {
	Token   unit.Time `json:"token_ps"`   // one more token of every sequence
	Input   unit.Time `json:"input_ps"`   // one token of every sequence in an input pass
	Context int       `json:"context"`    // tokens of a sequence when it reads, on average
	Prefix  int       `json:"unaffected"` // of them, before the read that is replaced
}

// Validate reports every field that no decoding can have.
func (b Base) Validate() error {
	return errors.Join(
		fault.Within("token_ps", b.Token, 1, 1000*unit.Second),
		fault.Within("input_ps", b.Input, 0, 1000*unit.Second),
		fault.Within("context", b.Context, 0, 1<<21),
		fault.Within("unaffected", b.Prefix, 0, max(0, b.Context)),
	)
}

// Part is one part of a read.
type Part struct {
	Name string    `json:"name"`
	Time unit.Time `json:"time_ps"`
}

// Report is what reads take.
type Report struct {
	Spec   Spec       `json:"spec"`
	Base   Base       `json:"base"`
	Parts  []Part     `json:"parts"` // of one read
	Read   unit.Time  `json:"read_ps"`
	Token  unit.Time  `json:"token_ps"` // with its share of reads
	Slower float64    `json:"slower"`   // over a token without
	Store  unit.Bytes `json:"store_bytes"`
}

// Decode returns what reads add to decoding. One of several sequences that reads makes
// all of them wait, as without batching of reads.
func Decode(s Spec, b Base) (Report, error) {
	if err := errors.Join(s.Validate(), b.Validate()); err != nil {
		return Report{}, err
	}
	again := max(0, b.Context-b.Prefix-s.Call-s.Result)
	r := Report{Spec: s, Base: b, Store: s.Store(), Parts: []Part{
		{"the call, generated", times(b.Token, s.Call)},
		{"lookup: embedding and search", s.Lookup()},
		{"results, encoded", times(b.Input, s.Result)},
		{"context behind the read that is replaced, encoded again", times(b.Input, again)},
	}}
	for _, p := range r.Parts {
		r.Read += p.Time
	}
	r.Token = b.Token + unit.Time(float64(r.Read)*s.Probability)
	r.Slower = float64(r.Token) / float64(b.Token)
	return r, nil
}

// times returns n times t, or what no sum of four exceeds.
func times(t unit.Time, n int) unit.Time {
	const most = unit.Time(1) << 60
	if n > 0 && t > most/unit.Time(n) {
		return most
	}
	return t * unit.Time(n)
}
