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
			slices.Concat(a100Sources, pcie4Sources, xeonSources, mondeSources)},
		{h100Machine(), "H100 box (measured)",
			"One H100 80GB on PCIe 5 x16 with 16 Sapphire Rapids cores; no near-data device.",
			slices.Concat(h100Sources, pcie5Sources, sapphireSources, noDeviceSources)},
		{h100WithDevice(), "H100 box + MoNDE device (hypothetical)",
			"The measured H100 box with the paper's memory device behind its link. Nobody has built it.",
			slices.Concat(h100Sources, pcie5Sources, sapphireSources, mondeSources)},
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
		GPU: gpu.Spec{
			Name: "NVIDIA A100 PCIe 80GB", Memory: 80 << 30,
			Bandwidth: 1_935e9, BandwidthEfficiency: 0.8,
			Compute: 312e12, ComputeEfficiency: 0.77,
			Kernel: 3 * unit.Microsecond, Launch: 5 * unit.Microsecond, Power: 300_000,
		},
		Link: link.Spec{
			Name: "PCIe 4 x16 (CXL)", Bandwidth: 32e9, Efficiency: 1,
			Latency: unit.Microsecond, Chunk: 256 << 10,
		},
		Host: host.Spec{
			Name: "Intel Xeon Silver 4310", Memory: 256 << 30,
			Bandwidth: 187e9, BandwidthEfficiency: 0.8,
			Compute: 1_612_800_000_000, ComputeEfficiency: 0.7,
			Call: 10 * unit.Microsecond, Power: 120_000,
		},
		Device: mondeDevice(),
	}
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
		GPU: gpu.Spec{
			Name: "NVIDIA H100 80GB HBM3", Memory: 80 << 30,
			Bandwidth: 3_350e9, BandwidthEfficiency: 0.898,
			Compute: 989e12, ComputeEfficiency: 0.7706,
			Kernel: 3_370 * unit.Nanosecond, Launch: 24 * unit.Microsecond, Power: 700_000,
		},
		Link: link.Spec{
			Name: "PCIe 5 x16", Bandwidth: 64e9, Efficiency: 0.832,
			Latency: 12_500 * unit.Nanosecond, Chunk: 256 << 10,
		},
		Host: host.Spec{
			Name: "16 Sapphire Rapids cores", Memory: 256 << 30,
			Bandwidth: 32e9, BandwidthEfficiency: 1,
			Compute: 2_620e9, ComputeEfficiency: 1,
			Call: 100 * unit.Microsecond, Power: 100_000,
		},
		Device: device.Spec{},
	}
}

func h100WithDevice() Machine {
	m := h100Machine()
	m.Name, m.Device = "h100-monde", mondeDevice()
	return m
}
