package scenario

import (
	"slices"

	"monde/core/device"
	"monde/core/gpu"
	"monde/core/host"
	"monde/core/link"
	"monde/core/ndp"
	"monde/core/report"
	"monde/core/unit"
)

// MachinePreset is a machine by name, with where each of its numbers came from.
type MachinePreset struct {
	Machine Machine
	Title   string // a line for people
	Text    string // a sentence or two for people
	Sources []report.Source
}

// MachinePresets returns every machine, the paper's first.
func MachinePresets() []MachinePreset {
	return []MachinePreset{
		{paperMachine(), "A100 PCIe + MoNDE device (the paper's)",
			"One A100 on PCIe 4 x16, a Xeon Silver 4310 and a 512 GB CXL memory device with near-data processing.",
			slices.Concat(gpuSources("a100_pcie"), pcie4Sources, stagedSources, xeonSources, mondeSources)},
		{h100Machine(), "H100 box (measured)",
			"One H100 80GB on PCIe 5 x16 with 16 Sapphire Rapids cores; no near-data device.",
			slices.Concat(gpuSources("h100_sxm"), pcie5Sources, stagedSources, sapphireSources, noDeviceSources)},
		{h100WithDevice(), "H100 box + MoNDE device (hypothetical)",
			"The measured H100 box with the paper's memory device behind its link. Nobody has built it.",
			slices.Concat(gpuSources("h100_sxm"), pcie5Sources, stagedSources, sapphireSources, mondeSources)},
		{offloadMachine(), "A100 SXM, FasterTransformer in fp32 (measured by others)",
			"The box of the Pre-gated MoE measurements: an A100 on PCIe 4, offloading in fp32.",
			offloadSources()},
	}
}

// MachineNamed returns the preset of that name.
func MachineNamed(name string) (MachinePreset, bool) {
	for _, p := range MachinePresets() {
		if p.Machine.Name == name {
			return p, true
		}
	}
	return MachinePreset{}, false
}

func paperMachine() Machine {
	return Machine{
		Name: "monde-a100",
		GPU:  gpuNamed("a100_pcie"),
		Link: link.Spec{
			Name: "PCIe 4 x16 (CXL)", Bandwidth: 32e9, Efficiency: 1,
			Latency: unit.Microsecond, Submit: unit.Microsecond, Chunk: 256 << 10, Staged: staged,
		},
		Host: host.Spec{
			Name: "Intel Xeon Silver 4310", Memory: 256 << 30,
			Cores: 12, CoreBandwidth: 15_600e6, Bandwidth: 187e9, BandwidthEfficiency: 0.8,
			Compute: 1_612_800_000_000, ComputeEfficiency: 0.7, ISA: host.AVX512,
			Operator: 10 * unit.Microsecond, Operators: 6, Activations: 10_130e6,
			Sync: 36 * unit.Microsecond, Round: 546 * unit.Microsecond, Power: 120_000,
		},
		Device: mondeDevice(),
	}
}

// staged is pageable memory behind a PCIe link, as measured on the H100 box.
var staged = link.Staged{Bandwidth: 10_760e6, Uncached: 7_080e6, Cache: 32 << 20, Latency: 32_500 * unit.Nanosecond}

func gpuNamed(name string) gpu.Spec {
	p, ok := gpu.Named(name)
	if !ok {
		panic("scenario: bug: no GPU " + name)
	}
	return p.Spec
}

func mondeDevice() device.Spec {
	return device.Spec{
		Name: "MoNDE device", Count: 1, Memory: 512 << 30,
		Bandwidth: 512e9, Efficiency: 1, Command: 100 * unit.Nanosecond,
		NDP:   ndp.Spec{Arrays: 64, Rows: 4, Cols: 4, Clock: unit.Gigahertz, Power: 1_830},
		Power: 114_200,
	}
}

func h100Machine() Machine {
	return Machine{
		Name: "h100-box",
		GPU:  gpuNamed("h100_sxm"),
		Link: link.Spec{
			Name: "PCIe 5 x16", Bandwidth: 64e9, Efficiency: 0.834,
			Latency: 12_600 * unit.Nanosecond, Submit: 18_600 * unit.Nanosecond, Chunk: 256 << 10, Staged: staged,
		},
		Host: host.Spec{
			Name: "16 Sapphire Rapids cores", Memory: 256 << 30,
			Cores: 16, CoreBandwidth: 8_970e6, Bandwidth: 307e9, BandwidthEfficiency: 0.345,
			Compute: 65_536e9, ComputeEfficiency: 0.0825, ISA: host.AMX,
			Operator: 32_600 * unit.Nanosecond, Operators: 6, Activations: 10_130e6,
			Sync: 36 * unit.Microsecond, Round: 546 * unit.Microsecond, Power: 100_000,
		},
		Device: device.Spec{},
	}
}

// offloadMachine is that of Pre-gated MoE (ISCA 2024): fp32 without tensor cores,
// grouped GEMMs of 128-row tiles, blocks that are bound by their launches.
func offloadMachine() Machine {
	m := paperMachine()
	m.Name, m.Device, m.GPU = "a100-fp32", device.Spec{}, gpuNamed("a100_sxm")
	m.GPU.Compute, m.GPU.ComputeEfficiency = 19_500e9, 0.867
	m.GPU.GroupRows, m.GPU.Floor, m.GPU.MoEFloor = 128, 216*unit.Microsecond, 946*unit.Microsecond
	m.GPU.Reserved, m.GPU.ReservedEach = 670e6, 10_370_000
	m.GPU.Eager, m.GPU.Launch, m.GPU.Start = true, 0, 0
	m.Link.Name, m.Link.Efficiency = "PCIe 4 x16", 0.752
	m.Host.Name, m.Host.Memory, m.Host.Cores, m.Host.Sync = "AMD EPYC 7V12", 1771<<30, 64, 50*unit.Microsecond
	return m
}

func h100WithDevice() Machine {
	m := h100Machine()
	m.Name, m.Device = "h100-monde", mondeDevice()
	return m
}
