package scenario

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"

	"monde/core/fault"
	"monde/core/internal/order"
	"monde/core/internal/strictjson"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/workload"
)

// MaxDocument is the largest scenario that Decode reads, in bytes.
const MaxDocument = 1 << 20

// Decode reads a scenario: what is absent keeps its default, and a part may be a
// preset's name or an object with a "base". The error names every field that is
// unknown, of the wrong type or out of range.
func Decode(doc []byte) (Scenario, error) {
	if len(doc) > MaxDocument {
		return Scenario{}, fault.At("", "must be at most %d bytes, got %d", MaxDocument, len(doc))
	}
	tree, err := strictjson.Parse(doc)
	if err != nil {
		return Scenario{}, err
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return Scenario{}, fault.At("", "must be an object")
	}
	s := Default()
	takeName(object, "strategy", "name")
	takeName(object, "kv", "allocator")
	err = errors.Join(takeModel(&s, object), takeMachine(&s, object))
	if m, ok := object["model"].(map[string]any); ok {
		takeName(m, "expert_format", "name")
	}
	err = errors.Join(err, takeParts(&s, object))
	err = errors.Join(err, strictjson.Overlay(&s, any(object)))
	if err != nil {
		return Scenario{}, err
	}
	chooseBits(&s, object)
	choosePhase(&s, object)
	if err := chooseStrategy(&s, object); err != nil {
		return Scenario{}, err
	}
	if err := s.Validate(); err != nil {
		return Scenario{}, err
	}
	return s.plain(), nil
}

// plain returns s without the defaults that may be written out or not.
func (s Scenario) plain() Scenario {
	s.Machine.Device = s.Machine.Device.Plain()
	s.Strategy.Placement = s.Strategy.Placement.Plain()
	if s.Machine.GPUs == 1 {
		s.Machine.GPUs = 0
	}
	return s
}

// takeBase removes the preset's name from object[key], which may be the name
// alone, and returns it; empty if there is none.
func takeBase(object map[string]any, key string) (string, error) {
	switch v := object[key].(type) {
	case string:
		object[key] = map[string]any{}
		if v == "" {
			return "", fault.At(key, "must not be empty")
		}
		return v, nil
	case map[string]any:
		base, named := v["base"]
		if !named {
			return "", nil
		}
		rest := maps.Clone(v)
		delete(rest, "base")
		object[key] = rest
		if name, ok := base.(string); ok {
			return name, nil
		}
		return "", fault.At(key+".base", "must be a string")
	}
	return "", nil
}

func takeModel(s *Scenario, object map[string]any) error {
	if v, ok := object["model"].(map[string]any); ok && v["config"] != nil {
		return takeConfig(s, object, v)
	}
	name, err := takeBase(object, "model")
	if name == "" || err != nil {
		return err
	}
	p, ok := model.Named(name)
	if !ok {
		return fault.At("model", "no model is named %q; known are %s", name, modelNames())
	}
	s.Model = p.Spec
	return nil
}

// takeConfig reads a Hugging Face config.json from model.config.
func takeConfig(s *Scenario, object, v map[string]any) error {
	rest := maps.Clone(v)
	delete(rest, "config")
	object["model"] = rest
	doc, err := json.Marshal(v["config"])
	if err != nil {
		return fault.At("model.config", "%v", err)
	}
	s.Model, s.Notes, err = model.FromConfig(doc)
	return fault.In("model.config", err)
}

func takeMachine(s *Scenario, object map[string]any) error {
	name, err := takeBase(object, "machine")
	if name == "" || err != nil {
		return err
	}
	p, ok := MachineNamed(name)
	if !ok {
		return fault.At("machine", "no machine is named %q; known are %s", name, machineNames())
	}
	s.Machine = p.Machine
	return nil
}

// takeParts lets presets' names stand for parts of the machine.
func takeParts(s *Scenario, object map[string]any) error {
	m, ok := object["machine"].(map[string]any)
	if !ok {
		return nil
	}
	m = maps.Clone(m)
	object["machine"] = m
	var err error
	for _, slot := range Slots() {
		err = errors.Join(err, slot.take(&s.Machine, m))
	}
	return err
}

// takeName lets a string stand for an object that it is the name of, under field.
func takeName(object map[string]any, key, field string) {
	if name, ok := object[key].(string); ok {
		object[key] = map[string]any{field: name}
	}
}

// chooseBits gives a document that names a format, and no bits, the format's.
func chooseBits(s *Scenario, object map[string]any) {
	m, _ := object["model"].(map[string]any)
	_, named := m["expert_format"]
	if _, given := m["expert_bits"]; !named || given {
		return
	}
	if bits := s.Model.ExpertFormat.Name.Bits(s.Model.Name); bits > 0 {
		s.Model.ExpertBits = bits
	}
}

// choosePhase gives a document that names no phase the input pass of its model.
func choosePhase(s *Scenario, object map[string]any) {
	w, _ := object["workload"].(map[string]any)
	if _, named := w["phase"]; !named {
		s.Workload.Phase = inputPhase(s.Model)
	}
}

// chooseStrategy lays what a document says of the strategy over the composition that it
// names; one that names none gets one that its machine, as the document has it, can run.
func chooseStrategy(s *Scenario, object map[string]any) error {
	said, _ := object["strategy"].(map[string]any)
	name := s.Strategy.Name
	if _, ok := said["name"]; !ok {
		name = usual(s.Machine)
	}
	s.Strategy = Default().Strategy.As(name)
	if said == nil {
		return nil
	}
	return strictjson.Overlay(s, map[string]any{"strategy": said})
}

// usual returns the strategy of a document that names none.
func usual(m Machine) policy.Name {
	switch {
	case m.GPUs > 1:
		return policy.Ideal
	case m.Device.Count == 0:
		return policy.GPUPM
	case m.Device.Stacked:
		return "Duplex"
	default:
		return policy.MDLB
	}
}

func inputPhase(m model.Spec) workload.Phase {
	if m.Encoder.Blocks > 0 {
		return workload.Encoder
	}
	return workload.Prefill
}

func modelNames() string {
	var names []string
	for _, p := range model.Presets() {
		names = append(names, p.Spec.Name)
	}
	order.By(names, func(a, b string) bool { return a < b })
	return strings.Join(names, ", ")
}

func machineNames() string {
	var names []string
	for _, p := range MachinePresets() {
		names = append(names, p.Machine.Name)
	}
	return strings.Join(names, ", ")
}
