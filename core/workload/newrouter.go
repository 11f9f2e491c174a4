package workload

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"monde/core/fault"
	"monde/core/model"
)

// NewRouter returns the Router of a valid Spec for a valid model, and says where
// its numbers come from. Traces are those that the caller has read; shipped ones
// need not be among them, except in a browser.
//
// Equal arguments give Routers that count alike, on every target. Errors are
// *fault.Field whose paths begin at the workload.
func NewRouter(s Spec, m model.Spec, seed uint64, traces Traces) (Router, Origin, error) {
	return NewRehearsal(s, m, seed, seed, traces)
}

// NewRehearsal is NewRouter of other tokens: experts are as popular as with the seed, and
// draws decide which tokens come.
func NewRehearsal(s Spec, m model.Spec, seed, draws uint64, traces Traces) (Router, Origin, error) {
	b := building{s: s, m: m, seed: seed, draws: draws, legs: legs(s, m), story: &story{origin: Origin{Source: s.Routing.Source}}}
	r, err := b.router(traces)
	if err != nil {
		return nil, Origin{}, fault.In("routing", err)
	}
	return b.thinned(r), b.story.told(), nil
}

// building is what the sources of routing need to know.
type building struct {
	s     Spec
	m     model.Spec
	seed  uint64 // of what the model is
	draws uint64 // of the tokens that come
	legs  []leg
	story *story
}

func (b *building) router(traces Traces) (Router, error) {
	switch b.s.Routing.Source {
	case Measured:
		return b.measured()
	case TraceOf:
		return b.shippedTrace(traces)
	case File:
		return b.file(traces)
	case Counts:
		return b.counts()
	default:
		return b.curve()
	}
}

func (b *building) curve() (Router, error) {
	text := b.s.Routing.curveText()
	b.story.origin.Name = text
	b.story.say("%s, drawn with the seed", text)
	return b.drawn(func(_ leg, _ int, draw *rand.Rand) []float64 {
		return b.s.Routing.curve(draw, b.m.Experts)
	})
}

// A story collects what an Origin says.
type story struct {
	origin  Origin
	clauses []string
}

func (s *story) say(format string, args ...any) {
	s.clauses = append(s.clauses, fmt.Sprintf(format, args...))
}

// standIn says why the data are not the model's own.
func (s *story) standIn(format string, args ...any) {
	s.origin.StandIn = true
	s.say(format, args...)
}

// scaled says how the data were stretched.
func (s *story) scaled(format string, args ...any) {
	s.origin.Scaled = true
	s.say(format, args...)
}

func (s *story) told() Origin {
	o := s.origin
	o.Text = strings.Join(s.clauses, "; ") + "."
	o.Text = strings.ToUpper(o.Text[:1]) + o.Text[1:]
	return o
}
