// Package scenario holds what a user may set, and the presets.
//
// A scenario is plain data and the only input of a run: the same one gives the
// same digest on every target. In JSON a part may be a preset's name, or an
// object whose "base" names the preset that its other fields change; what is
// absent keeps its default. It leaves out how a scenario runs: package system.
package scenario

import (
	"errors"
	"slices"

	"monde/core/device"
	"monde/core/fault"
	"monde/core/flash"
	"monde/core/gpu"
	"monde/core/host"
	"monde/core/kv"
	"monde/core/link"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/workload"
)

// Version is the version of the scenario format that this package writes.
const Version = 1

// Fidelity is how closely a run looks.
type Fidelity string

// Fidelities.
const (
	Analytic Fidelity = "analytic" // closed forms
	Event    Fidelity = "event"    // discrete events over shared resources
	Cycle    Fidelity = "cycle"    // the same, with NDP experts run clock by clock
)

// Fidelities lists them, the fastest first.
var Fidelities = []Fidelity{Analytic, Event, Cycle}

// MaxGPUs is how many GPUs a machine may have.
const MaxGPUs = 64

// Machine is a GPU, or several that are alike, the host behind its link, and a memory
// device and flash if it has them.
type Machine struct {
	Name   string      `json:"name"`
	GPU    gpu.Spec    `json:"gpu"`
	GPUs   int         `json:"gpus,omitzero"` // how many; absent: one
	Peer   link.Peer   `json:"peer,omitzero"` // between them
	Link   link.Spec   `json:"link"`
	Host   host.Spec   `json:"host"`
	Device device.Spec `json:"device"`
	Flash  flash.Spec  `json:"flash"` // behind the host; zero: none
}

// Scenario is everything that a run depends on. Trace is the content of a
// user's own trace file, which travels beside the JSON.
type Scenario struct {
	Version  int           `json:"version"`
	Title    string        `json:"title"` // for people; not part of the digest
	Model    model.Spec    `json:"model"`
	Workload workload.Spec `json:"workload"`
	Machine  Machine       `json:"machine"`
	Strategy policy.Spec   `json:"strategy"`
	KV       kv.Spec       `json:"kv,omitzero"` // allocator of the key-value cache; absent: it takes its bytes
	Fidelity Fidelity      `json:"fidelity"`
	Seed     uint64        `json:"seed"` // below 2^53, so that JavaScript keeps it

	Traces workload.Traces `json:"-"`
	Notes  []string        `json:"-"` // what reading a config.json had to assume
}

// Sequences returns how many a pass serves: its micro-batches together.
func (s Scenario) Sequences() int { return s.Workload.Batch * s.Strategy.Batching.Micro }

// Several reports whether the experts are spread over more than one GPU.
func (s Scenario) Several() bool { return s.Machine.GPUs > 1 }

// Each returns how many of n things that are spread over the GPUs one has at most.
func (s Scenario) Each(n int) int {
	gpus := max(1, s.Machine.GPUs)
	return (n + gpus - 1) / gpus
}

// Validate reports every mistake, each with its path in the scenario.
func (s Scenario) Validate() error {
	return errors.Join(
		fault.Unless(s.Version == Version, "version", "must be %d, got %d", Version, s.Version),
		fault.Unless(len(s.Title) <= 200, "title", "must be at most 200 bytes, got %d", len(s.Title)),
		fault.In("model", s.Model.Validate()),
		fault.In("workload", s.Workload.Validate()),
		fault.In("machine", s.Machine.validate()),
		fault.In("strategy", s.Strategy.Validate()),
		fault.In("kv", s.KV.Validate()),
		fault.Unless(slices.Contains(Fidelities, s.Fidelity), "fidelity", "must be one of %q, got %q", Fidelities, s.Fidelity),
		fault.Unless(s.Seed < 1<<53, "seed", "must be below 2^53, got %d", s.Seed),
		fault.Unless(s.Workload.Batch < 1 || s.Strategy.Batching.Micro < 1 || s.Workload.InputTokens < 1 || s.Sequences() <= workload.MaxPass/s.Workload.InputTokens, "strategy.batching.micro_batches",
			"batch × micro_batches × input_tokens must be at most %d", workload.MaxPass),
		s.fits(),
	)
}

func (m Machine) validate() error {
	return errors.Join(
		fault.In("gpu", m.GPU.Validate()),
		fault.Within("gpus", m.GPUs, 0, MaxGPUs),
		fault.In("peer", m.Peer.Validate()),
		fault.In("link", m.Link.Validate()),
		fault.In("host", m.Host.Validate()),
		fault.In("device", m.Device.Validate()),
		fault.In("flash", m.Flash.Validate()),
	)
}

// fits reports the mistakes that lie between two parts of s.
func (s Scenario) fits() error {
	pair := s.Model.Encoder.Blocks > 0
	one, two := workload.Prefill, workload.Decode
	if pair {
		one, two = workload.Encoder, workload.Decoder
	}
	phase := s.Workload.Phase
	stack := s.Model.Decoder
	if phase == workload.Encoder {
		stack = s.Model.Encoder
	}
	return errors.Join(
		fault.Unless(phase == one || phase == two || phase == workload.Generate, "workload.phase",
			"%s runs in phase %q, %q or %q, got %q", s.Model.Name, one, two, workload.Generate, phase),
		fault.Unless(!s.Workload.Scope.Partial() || phase != workload.Generate, "workload.scope",
			"one layer is of one phase, not of %q", workload.Generate),
		fault.Unless(!s.Workload.Scope.Partial() || stack.MoEBlocks() > 0, "workload.scope",
			"the %s of %s has no block with experts", phase, s.Model.Name),
		fault.Unless(s.Strategy.Home != policy.OnDevice || s.Machine.Device.Count > 0 && !s.Machine.Device.Stacked, "machine.device.count",
			"strategy %s has its experts on a memory device, and %s has none of its own", s.Strategy.Name, s.Machine.Name),
		fault.Unless(s.Strategy.Attention != policy.AttendCPU || s.KV.Allocator == "", "kv.allocator", "the cache lies in host memory, where strategy.attention is %q", policy.AttendCPU),
		s.inStack(),
		fault.Unless(s.Workload.Batch < 1 || s.KV.MaxTokens <= workload.MaxPass/s.Workload.Batch, "kv.max_tokens",
			"batch × max_tokens must be at most %d", workload.MaxPass),
		s.fromFlash(),
		fault.Unless(s.Fidelity != Cycle || !s.Strategy.NearData() || !s.Strategy.Precision.Lowers(), "strategy.precision", "clock by clock, experts near the data have one precision: model.expert_bits"),
		s.overGPUs(),
	)
}

// overGPUs reports what goes together with no experts on several GPUs.
func (s Scenario) overGPUs() error {
	if !s.Several() {
		return nil
	}
	return errors.Join(
		fault.Unless(s.Strategy.Ideal(), "machine.gpus", "several GPUs have all experts in their memories: strategy.home must be %q, got %q", policy.InGPU, s.Strategy.Home),
		fault.Unless(s.Strategy.Attention == policy.AttendGPU, "strategy.attention", "several GPUs attend by themselves: must be %q, got %q", policy.AttendGPU, s.Strategy.Attention),
		fault.Unless(!s.Machine.Peer.None(), "machine.peer", "%d GPUs need a link between them", s.Machine.GPUs),
		fault.Unless(s.Workload.Scope == workload.WholeModel || s.Workload.Scope == workload.OneLayer, "workload.scope",
			"on several GPUs, must be %q or %q, got %q", workload.WholeModel, workload.OneLayer, s.Workload.Scope),
	)
}

// inStack reports what goes together with no experts in the GPU's stacks.
func (s Scenario) inStack() error {
	if s.Strategy.Home != policy.InStack {
		return nil
	}
	return errors.Join(
		fault.Unless(s.Machine.Device.Count > 0 && s.Machine.Device.Stacked, "machine.device.stacked", "strategy.home is %q, and the GPU's memory of %s does not compute", policy.InStack, s.Machine.Name),
		fault.Unless(s.Fidelity != Cycle, "fidelity", "only a memory device of its own is simulated clock by clock, not one in the GPU's stacks"),
		fault.Unless(s.Workload.Scope != workload.OneCopy, "workload.scope", "nothing is transferred where strategy.home is %q", policy.InStack),
	)
}

// fromFlash reports what goes together with no experts on flash.
func (s Scenario) fromFlash() error {
	if s.Strategy.Home != policy.OnFlash {
		return nil
	}
	return errors.Join(
		fault.Unless(!s.Machine.Flash.None(), "machine.flash", "strategy.home is %q, and %s has no flash", policy.OnFlash, s.Machine.Name),
		fault.Unless(!s.Strategy.Whole(), "strategy.transfer",
			"from flash, experts come one by one: %q or %q, got %q", policy.Serial, policy.Overlap, s.Strategy.Transfer),
		fault.Unless(s.Workload.Scope != workload.OneCopy, "workload.scope", "a transfer over the link is from host memory, not from flash"),
	)
}
