package workload

import (
	"math/rand/v2"
	"slices"
	"strings"

	"monde/core/fault"
	"monde/core/model"
)

// measured returns a Router that draws by a popularity table.
func (b *building) measured() (Router, error) {
	c, err := b.s.Routing.choose(b.m)
	if err != nil {
		return nil, err
	}
	b.tell(c)
	return b.drawn(func(l leg, layer int, draw *rand.Rand) []float64 {
		row := c.table.row(c.part, c.nearest(c.table, layer, l.layers))
		normalise(row)
		if len(row) == b.m.Experts {
			return row
		}
		return stretch(row, b.m.Experts, draw)
	})
}

// tell says what the table is, whom it stands in for, and how it was stretched.
func (b *building) tell(c choice) {
	b.story.origin.Name, b.story.origin.Licence = c.name, c.licence
	b.story.say("expert popularity measured on %s (%s, top-%d, %d tokens a layer)",
		c.subject, c.sets(), c.topK, c.table.tokens(c.part, c.topK))
	if !c.own {
		b.story.standIn("it stands in for %s, %s", b.m.Name, c.why)
	}
	for _, l := range b.legs {
		if part := c.table.covers(l); part != "" {
			b.story.standIn("%s stands in for %s", part, l.part())
		}
	}
	if t := c.table; t.Experts != b.m.Experts {
		b.story.scaled("stretched from %d to %d experts along the Lorenz curve, and which of them are hot is drawn", t.Experts, b.m.Experts)
	}
	stretched := func(l leg) bool { return !b.s.Scope.Partial() && l.layers != len(c.table.Layers) }
	if i := slices.IndexFunc(b.legs, stretched); i >= 0 {
		b.story.scaled("%d measured layers serve %d", len(c.table.Layers), b.legs[i].layers)
	}
}

// covers returns "" if t was counted in l's part of a model, and otherwise the
// part where it was.
func (t *Table) covers(l leg) string {
	switch {
	case t.Stack == "encoder" && !l.encoder:
		return "the encoder's input pass"
	case t.Phase == "teacher_forced" && !l.input:
		return "one pass over whole samples, prompt and answer,"
	case t.Phase == "prefill" && !l.input:
		return "the input pass"
	case t.Phase == "decode" && l.input:
		return "decoding"
	}
	return ""
}

// A choice is a table, a part of it, and how it relates to the model.
type choice struct {
	published
	table *Table
	part  int  // index of the data set; -1 for all
	own   bool // measured on the model itself
	why   string
}

// choose returns the table that r names, or the model's own or its stand-in.
func (r Routing) choose(m model.Spec) (choice, error) {
	pick := suggestion{r.Table, r.Dataset, "as chosen"}
	if r.Table == "" {
		pick = suggest(m)
		if r.Dataset != "" {
			pick.dataset = r.Dataset
		}
	}
	p, ok := lookUp(pick.table)
	if !ok {
		all := names(func(published) bool { return true })
		return choice{}, fault.At("table", "must be empty or one of %q, got %q", all, r.Table)
	}
	t := mustTable(p.name)
	part, ok := t.part(pick.dataset)
	if !ok {
		return choice{}, fault.At("dataset", "table %s has no data set %q: must be empty or one of %q", p.name, pick.dataset, t.Datasets)
	}
	return choice{p, t, part, p.own(t, m), pick.why}, nil
}

// sets names the data sets of a choice.
func (c choice) sets() string {
	if c.part >= 0 {
		return c.table.Datasets[c.part]
	}
	return strings.Join(c.table.Datasets, ", ")
}
