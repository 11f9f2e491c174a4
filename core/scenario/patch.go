package scenario

import (
	"encoding/json"
	"errors"
	"strings"

	"monde/core/fault"
	"monde/core/internal/strictjson"
	"monde/core/policy"
)

// Patched returns s with what doc says instead: an object like a scenario's, whose
// absent fields stay as they are. Presets' names may stand for parts of the machine.
func (s Scenario) Patched(doc []byte) (Scenario, error) {
	tree, err := strictjson.Parse(doc)
	if err != nil {
		return Scenario{}, err
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return Scenario{}, fault.At("", "must be an object")
	}
	if said, _ := object["strategy"].(map[string]any); said != nil {
		if name, ok := said["name"].(string); ok {
			s.Strategy = s.Strategy.As(policy.Name(name))
		}
	}
	err = takeParts(&s, object)
	if err = errors.Join(err, strictjson.Overlay(&s, any(object))); err != nil {
		return Scenario{}, err
	}
	if err := s.Validate(); err != nil {
		return Scenario{}, err
	}
	return s.plain(), nil
}

// PatchAt returns the document that sets the field at path, "machine.device.count", to
// a value that JSON can hold.
func PatchAt(path string, value any) []byte {
	for {
		i := strings.LastIndexByte(path, '.')
		value = map[string]any{path[i+1:]: value}
		if i < 0 {
			return written(value)
		}
		path = path[:i]
	}
}

// NumberAt returns the number of s at path, and whether there is one.
func (s Scenario) NumberAt(path string) (float64, bool) {
	at := parsed(written(s.Resolved()))
	for _, key := range strings.Split(path, ".") {
		object, ok := at.(map[string]any)
		if !ok {
			return 0, false
		}
		at = object[key]
	}
	n, ok := at.(json.Number)
	if !ok {
		return 0, false
	}
	v, err := n.Float64()
	return v, err == nil
}
