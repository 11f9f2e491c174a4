package scenario

import (
	"slices"
	"strings"
	"sync"

	"monde/core/fault"
	"monde/core/flash"
	"monde/core/gpu"
	"monde/core/link"
	"monde/core/report"
)

// A Slot is a part of a machine that has presets of its own: in JSON a name may stand
// for it, or be the base of what differs.
type Slot struct {
	Key     string // in the machine's JSON
	What    string // for people
	Presets []PartPreset

	called func(Machine) string // its name for people
	copy   func(to *Machine, from Machine)
}

// PartPreset is one part of a machine by name.
type PartPreset struct {
	Name    string
	Title   string  // its name for people
	Text    string  // a sentence for people
	Machine Machine // of which only the part is set
	Sources []report.Source
}

// Slots returns the parts of a machine that have presets. The caller changes nothing
// in them.
func Slots() []Slot { return allSlots() }

var allSlots = sync.OnceValue(slots)

func slots() []Slot {
	all := []Slot{
		{
			Key: "gpu", What: "GPU", called: func(m Machine) string { return m.GPU.Name },
			copy: func(to *Machine, from Machine) { to.GPU = from.GPU },
		}, {
			Key: "link", What: "link", called: func(m Machine) string { return m.Link.Name },
			copy: func(to *Machine, from Machine) { to.Link = from.Link },
		}, {
			Key: "flash", What: "flash", called: func(m Machine) string { return m.Flash.Name },
			copy: func(to *Machine, from Machine) { to.Flash = from.Flash },
		}, {
			Key: "peer", What: "link between GPUs", called: func(m Machine) string { return m.Peer.Name },
			copy: func(to *Machine, from Machine) { to.Peer = from.Peer },
		},
	}
	for _, p := range gpu.Presets() {
		all[0].Presets = append(all[0].Presets, PartPreset{p.Name, p.Spec.Name, gpuText(p), Machine{GPU: p.Spec}, gpuSources(p)})
	}
	for _, p := range link.Presets() {
		all[1].Presets = append(all[1].Presets, PartPreset{p.Name, p.Spec.Name, "Efficiency: " + p.Efficiency + ".", Machine{Link: p.Spec}, linkSources(p)})
	}
	for _, p := range flash.Presets() {
		all[2].Presets = append(all[2].Presets, PartPreset{p.Name, p.Spec.Name, p.Text + ".", Machine{Flash: p.Spec}, flashSources(p)})
	}
	for _, p := range link.Peers() {
		all[3].Presets = append(all[3].Presets, PartPreset{p.Name, p.Spec.Name, p.Source + ".", Machine{Peer: p.Spec}, peerSources(p)})
	}
	return all
}

// partNamed returns the preset of that name in the slot of that key; there is one.
func partNamed(key, name string) PartPreset {
	for _, s := range Slots() {
		if p, ok := s.named(name); ok && s.Key == key {
			return p
		}
	}
	panic("scenario: bug: no " + key + " " + name)
}

// named returns the preset of that name.
func (s Slot) named(name string) (PartPreset, bool) {
	i := slices.IndexFunc(s.Presets, func(p PartPreset) bool { return p.Name == name })
	if i < 0 {
		return PartPreset{}, false
	}
	return s.Presets[i], true
}

// of returns the preset that m's part is to be told apart from: the one with its name
// for people, unless base has that name too.
func (s Slot) of(m, base Machine) (PartPreset, bool) {
	i := slices.IndexFunc(s.Presets, func(p PartPreset) bool { return s.called(p.Machine) == s.called(m) })
	if i < 0 || s.called(m) == s.called(base) {
		return PartPreset{}, false
	}
	return s.Presets[i], true
}

// take lets a preset's name stand for the part, in the machine's JSON.
func (s Slot) take(m *Machine, object map[string]any) error {
	name, err := takeBase(object, s.Key)
	if name == "" || err != nil {
		return fault.In("machine", err)
	}
	p, ok := s.named(name)
	if !ok {
		var names []string
		for _, p := range s.Presets {
			names = append(names, p.Name)
		}
		return fault.At("machine."+s.Key, "no %s is named %q; known are %s", s.What, name, strings.Join(names, ", "))
	}
	s.copy(m, p.Machine)
	return nil
}

// put names a part in the short machine, which may be a name itself.
func (s Slot) put(short map[string]any, preset string) {
	switch m := short["machine"].(type) {
	case map[string]any:
		name(m, s.Key, preset)
	case string:
		short["machine"] = map[string]any{"base": m, s.Key: preset}
	default:
		short["machine"] = map[string]any{s.Key: preset}
	}
}

func gpuText(p gpu.Preset) string {
	if p.Fitted {
		return "Efficiencies fitted to its own measurements."
	}
	return "Data sheet, with the efficiencies of " + p.Nearest + "."
}
