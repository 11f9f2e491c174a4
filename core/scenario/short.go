package scenario

import (
	"bytes"
	"encoding/json"

	"monde/core/internal/strictjson"
	"monde/core/model"
)

// Resolved returns s with every default written out that Full leaves to the device.
// Decode leaves them out again, so that both forms have one digest.
func (s Scenario) Resolved() Scenario {
	s.Machine.Device = s.Machine.Device.Resolved()
	return s
}

// Full returns s as JSON with every field, in a fixed order; but for those of a device
// that have a default of their own, unless they are set.
func (s Scenario) Full() []byte { return written(s) }

// Short returns s as the least JSON that Decode turns into s again: differences
// from the defaults, presets by name.
func (s Scenario) Short() []byte {
	base := Default()
	m, named := model.Named(s.Model.Name)
	if named {
		base.Model = m.Spec
	}
	p, known := MachineNamed(s.Machine.Name)
	if known {
		base.Machine = p.Machine
	}
	parts := map[string]string{}
	for _, slot := range Slots() {
		if p, ok := slot.of(s.Machine, base.Machine); ok {
			slot.copy(&base.Machine, p.Machine)
			parts[slot.Key] = p.Name
		}
	}
	base.Workload.Phase, base.Strategy = inputPhase(s.Model), base.Strategy.As(s.Strategy.Name)
	short, _ := difference(parsed(base.Full()), parsed(s.Full())).(map[string]any)
	if short == nil {
		short = map[string]any{}
	}
	if named && m.Spec.Name != Default().Model.Name {
		name(short, "model", m.Spec.Name)
	}
	if known && p.Machine.Name != Default().Machine.Name {
		name(short, "machine", p.Machine.Name)
	}
	for _, slot := range Slots() {
		if part, ok := parts[slot.Key]; ok {
			slot.put(short, part)
		}
	}
	if s.Strategy.Name != usual(s.Machine) {
		short["strategy"] = merged(map[string]any{"name": s.Strategy.Name}, orEmpty(short["strategy"]))
	}
	return written(short)
}

// Outline returns s as JSON to start from: the short form, and what people change
// first even where it is the default.
func (s Scenario) Outline() []byte {
	w := s.Workload
	outline := map[string]any{
		"model": s.Model.Name, "machine": s.Machine.Name, "fidelity": s.Fidelity, "seed": s.Seed,
		"strategy": map[string]any{"name": s.Strategy.Name},
		"workload": map[string]any{
			"phase": w.Phase, "batch": w.Batch, "input_tokens": w.InputTokens, "output_tokens": w.OutputTokens,
			"routing": map[string]any{"source": w.Routing.Source},
		},
	}
	return written(merged(outline, parsed(s.Short())))
}

// orEmpty returns v, or an empty object for nothing.
func orEmpty(v any) any {
	if v == nil {
		return map[string]any{}
	}
	return v
}

// merged returns a with what b says instead or besides.
func merged(a, b any) any {
	x, isX := a.(map[string]any)
	y, isY := b.(map[string]any)
	if !isX || !isY {
		return b
	}
	for key, v := range y {
		if old, ok := x[key]; ok {
			v = merged(old, v)
		}
		x[key] = v
	}
	return x
}

// written returns v as JSON. Nothing of a scenario is beyond JSON.
func written(v any) []byte {
	doc, err := json.Marshal(v)
	if err != nil {
		panic("scenario: bug: " + err.Error())
	}
	return doc
}

// parsed returns the tree of what written returned.
func parsed(doc []byte) any {
	tree, err := strictjson.Parse(doc)
	if err != nil {
		panic("scenario: bug: " + err.Error())
	}
	return tree
}

// name puts a preset's name under key: alone, or as the base of what differs.
func name(short map[string]any, key, preset string) {
	if rest, ok := short[key].(map[string]any); ok {
		rest["base"] = preset
		return
	}
	short[key] = preset
}

// equal says whether two JSON values that are not both objects are the same.
func equal(a, b any) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// difference returns what of b is not in a; nil if nothing.
func difference(a, b any) any {
	x, isX := a.(map[string]any)
	y, isY := b.(map[string]any)
	if !isX || !isY {
		if equal(a, b) {
			return nil
		}
		return b
	}
	rest := map[string]any{}
	for key, v := range y {
		if d := difference(x[key], v); d != nil || v == nil && x[key] != nil {
			rest[key] = d
		}
	}
	for key, v := range x { // what is absent is zero
		if _, ok := y[key]; !ok {
			rest[key] = zero(v)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return rest
}

// zero returns what decodes to the same as an absent v.
func zero(v any) any {
	switch v := v.(type) {
	case map[string]any:
		all := map[string]any{}
		for key, x := range v {
			all[key] = zero(x)
		}
		return all
	case string:
		return ""
	case bool:
		return false
	default:
		return 0
	}
}
