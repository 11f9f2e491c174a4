package workload

import (
	"slices"

	"monde/core/fault"
	"monde/core/model"
)

// shippedTrace returns a Router that plays a trace of Tables.
func (b *building) shippedTrace(traces Traces) (Router, error) {
	name := TraceName(b.s.Routing, b.m)
	if name == "" {
		return nil, fault.At("table", "no trace of %s ships: must be one of %q", b.m.Name, names(traced))
	}
	p, ok := lookUp(name)
	if !ok || !p.trace {
		return nil, fault.At("table", "must be empty or one of %q, got %q", names(traced), name)
	}
	table := mustTable(name)
	t, err := loaded(p, table, traces)
	if err != nil {
		return nil, err
	}
	if err := b.matches(t, "table"); err != nil {
		return nil, err
	}
	b.story.origin.Name, b.story.origin.Licence = name, p.licence
	b.story.say("tokens recorded on %s", p.subject)
	if !p.own(table, b.m) {
		b.story.standIn("they stand in for %s, as chosen", b.m.Name)
	}
	return b.play(t, b.s.Routing.Dataset)
}

// TraceName returns the name of the shipped trace that r means for m: the one it
// names, or else the model's own; empty if there is none.
func TraceName(r Routing, m model.Spec) string {
	if r.Table != "" {
		return r.Table
	}
	own := names(func(p published) bool { return p.trace && p.family == m.Family && p.own(mustTable(p.name), m) })
	if len(own) == 0 {
		return ""
	}
	return own[0]
}

func traced(p published) bool { return p.trace }

// loaded returns p's trace, from traces or else from the program itself. What a
// caller attached under its name must be the file that ships.
func loaded(p published, table *Table, traces Traces) (*Trace, error) {
	t, ok := traces[p.name]
	if !ok {
		t, ok = Shipped(p.name)
	}
	file := tracesFolder + p.name + ".bin"
	if !ok || t == nil {
		return nil, fault.At("table", "the trace %s is not loaded: attach %s", p.name, file)
	}
	return t, fault.Unless(t.SHA256 == table.TraceSHA256, "table", "what is attached as %s is not %s of this version: its SHA-256 is %s", p.name, file, t.SHA256)
}

// file returns a Router that plays the user's own trace.
func (b *building) file(traces Traces) (Router, error) {
	r := b.s.Routing
	t := traces[r.SHA256]
	if t == nil {
		return nil, fault.At("file", "the trace file %q is not loaded: attach the file whose SHA-256 is %s", r.File, r.SHA256)
	}
	if err := b.matches(t, "file"); err != nil {
		return nil, err
	}
	b.story.origin.Name = r.File
	b.story.say("tokens of the trace file %s", r.File)
	return b.play(t, "")
}

// matches checks a trace's shape against the model's.
func (b *building) matches(t *Trace, path string) error {
	if t.TopK != b.m.TopK {
		return fault.At(path, "the trace is top-%d, %s top-%d", t.TopK, b.m.Name, b.m.TopK)
	}
	if t.Experts > b.m.Experts {
		return fault.At(path, "the trace names %d experts, %s has %d", t.Experts, b.m.Name, b.m.Experts)
	}
	other := func(l leg) bool { return l.layers != t.Layers }
	if i := slices.IndexFunc(b.legs, other); i >= 0 && !b.s.Scope.Partial() {
		return fault.At(path, "the trace has %d MoE layers, the %s of %s %d", t.Layers, b.legs[i].stack(), b.m.Name, b.legs[i].layers)
	}
	return nil
}
