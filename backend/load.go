package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"monde/core/fault"
	"monde/core/model"
	"monde/core/scenario"
	"monde/core/workload"
)

// load returns the scenario that name stands for: standard input, a preset, or
// a file. A file with a preset's name is reached as ./name.
func load(name string, in io.Reader) (scenario.Scenario, error) {
	if p, ok := scenario.PresetNamed(name); ok {
		return p.Scenario, nil
	}
	doc, err := read(name, in)
	if err != nil {
		return scenario.Scenario{}, err
	}
	return scenario.Decode(doc)
}

func read(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		// One byte more than a scenario may have: Decode says that it is too long.
		return io.ReadAll(io.LimitReader(in, scenario.MaxDocument+1))
	}
	doc, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && filepath.Base(name) == name {
		return nil, mistake{fmt.Errorf("no file and no preset is named %q; monde scenarios lists the presets", name)}
	}
	if err != nil {
		return nil, mistake{err}
	}
	return doc, nil
}

// replaceModel puts a Hugging Face model into s; what its config does not say
// becomes a warning of the report.
func replaceModel(s *scenario.Scenario, name string) error {
	doc, err := os.ReadFile(name)
	if err != nil {
		return mistake{err}
	}
	spec, unsaid, err := model.FromConfig(doc)
	if err != nil {
		return fault.In(name, err)
	}
	s.Model, s.Notes = spec, unsaid
	s.Workload.Phase = phaseOf(s.Workload.Phase, spec)
	return nil
}

// phaseOf returns the phase of m that corresponds to p: encoder-decoder models
// and decoder-only ones have different names for theirs.
func phaseOf(p workload.Phase, m model.Spec) workload.Phase {
	pairs := [][2]workload.Phase{{workload.Prefill, workload.Encoder}, {workload.Decode, workload.Decoder}}
	for _, pair := range pairs {
		if p == pair[0] || p == pair[1] {
			if m.Encoder.Blocks > 0 {
				return pair[1]
			}
			return pair[0]
		}
	}
	return p
}

// attachTrace routes the tokens of s as a trace file says.
func attachTrace(s *scenario.Scenario, name string) (err error) {
	file, err := os.Open(name)
	if err != nil {
		return mistake{err}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	t, err := workload.ReadTrace(filepath.Base(name), file)
	if err != nil {
		return fault.In(name, err)
	}
	s.Workload.Routing.Source = workload.File
	s.Workload.Routing.File = t.Name
	s.Workload.Routing.SHA256 = t.SHA256
	s.Traces = workload.Traces{t.SHA256: t}
	return nil
}
