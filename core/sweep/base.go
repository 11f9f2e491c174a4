package sweep

import (
	"encoding/json"
	"maps"
	"strings"

	"monde/core/fault"
	"monde/core/internal/strictjson"
	"monde/core/scenario"
	"monde/core/workload"
)

// A Base makes the scenarios of points: the short form of a scenario with some of its
// fields said instead. So a part that is named brings its own defaults, where the
// scenario says nothing else; and is as its name says, whatever the scenario changed in
// its place. It may be used by many at once.
type Base struct {
	// Traces are given to every scenario.
	Traces workload.Traces

	tree  any
	paths [][]string
}

// NewBase returns the Base of a scenario as JSON, however it is written, and of the paths
// of the fields that points set.
func NewBase(doc []byte, paths []string) (Base, error) {
	s, err := scenario.Decode(doc)
	if err != nil {
		return Base{}, err
	}
	for _, path := range paths {
		if _, err := fieldAt(path); err != nil {
			return Base{}, err
		}
	}
	return baseOf(s, paths), overlaps(paths)
}

func baseOf(s scenario.Scenario, paths []string) Base {
	tree, err := strictjson.Parse(s.Short())
	if err != nil {
		panic("sweep: bug: " + err.Error())
	}
	b := Base{Traces: s.Traces, tree: tree}
	for _, path := range paths {
		b.paths = append(b.paths, strings.Split(path, "."))
	}
	return b
}

// At returns the scenario of a point, or why it cannot be simulated. Values are as many
// as the paths.
func (b Base) At(values []Value) (scenario.Scenario, error) {
	if len(values) != len(b.paths) {
		return scenario.Scenario{}, fault.At("values", "must be %d, one an axis, got %d", len(b.paths), len(values))
	}
	tree := b.tree
	for i, path := range b.paths {
		tree = with(tree, "", path, values[i])
	}
	doc, err := json.Marshal(tree)
	if err != nil {
		return scenario.Scenario{}, fault.At("values", "%v", err) // a number that is none
	}
	s, err := scenario.Decode(doc)
	s.Traces = b.Traces
	return s, err
}

// Set returns s with the fields at paths said instead, as a Base does.
func Set(s scenario.Scenario, paths []string, values []Value) (scenario.Scenario, error) {
	b, err := NewBase(s.Full(), paths)
	if err != nil {
		return scenario.Scenario{}, err
	}
	b.Traces = s.Traces
	for i, v := range values[:min(len(values), len(paths))] {
		f, _ := fieldAt(paths[i]) // NewBase has asked
		if err := f.takes(v); err != nil {
			return scenario.Scenario{}, fault.In(paths[i], err)
		}
	}
	return b.At(values)
}

// with returns tree with what lies at keys replaced; tree stays as it is. under is the
// key that tree lies at.
func with(tree any, under string, keys []string, to Value) any {
	if len(keys) == 0 {
		return to
	}
	object := opened(tree, under)
	object[keys[0]] = with(object[keys[0]], keys[0], keys[1:], to)
	return object
}

// opened returns a copy of an object, or the object that a name or nothing stands for.
func opened(tree any, under string) map[string]any {
	switch v := tree.(type) {
	case map[string]any:
		return maps.Clone(v)
	case string:
		return map[string]any{naming(under): v}
	default:
		return map[string]any{}
	}
}

// naming returns the field that has the name which may stand for a part.
func naming(part string) string {
	switch part {
	case "strategy", "expert_format":
		return "name"
	case "kv":
		return "allocator"
	default:
		return "base"
	}
}
