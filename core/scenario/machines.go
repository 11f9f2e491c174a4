package scenario

import (
	"slices"
	"sync"

	"monde/core/device"
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

// MachinePresets returns every machine, the paper's first. The caller changes nothing
// in them.
func MachinePresets() []MachinePreset { return allMachines() }

var allMachines = sync.OnceValue(machines)

func machines() []MachinePreset {
	return []MachinePreset{
		{paperMachine(), "A100 PCIe + MoNDE device (the paper's)",
			"One A100 on PCIe 4 x16, a Xeon Silver 4310 and a 512 GB CXL memory device with near-data processing.",
			slices.Concat(partNamed("gpu", "a100_pcie").Sources, pcie4Sources, stagedSources, xeonSources, mondeSources)},
		{h100Machine(), "H100 box (measured)",
			"One H100 80GB on PCIe 5 x16 with 16 Sapphire Rapids cores; no near-data device.",
			slices.Concat(partNamed("gpu", "h100_sxm").Sources, partNamed("link", "pcie5_x16").Sources, sapphireSources, noDeviceSources)},
		{h100WithDevice(), "H100 box + MoNDE device (hypothetical)",
			"The measured H100 box with the paper's memory device behind its link. Nobody has built it.",
			slices.Concat(partNamed("gpu", "h100_sxm").Sources, partNamed("link", "pcie5_x16").Sources, sapphireSources, mondeSources)},
		{duplexMachine(), "H100 with NDP in its memory (Duplex, hypothetical)",
			"The measured H100 box, with HBM3 stacks whose logic dies compute at four times the bandwidth. Nobody has built it.",
			slices.Concat(partNamed("gpu", "h100_sxm").Sources, partNamed("link", "pcie5_x16").Sources, sapphireSources, duplexSources)},
		{offloadMachine(), "A100 SXM, FasterTransformer in fp32 (measured by others)",
			"The box of the Pre-gated MoE measurements: an A100 on PCIe 4, offloading in fp32.",
			offloadSources()},
		{desktopMachine(), "Desktop: RTX 4090 + NVMe SSD",
			"One RTX 4090 with 24 GB on PCIe 4 x16, 16 desktop cores with 128 GB of DDR5, and an NVMe SSD for what that does not hold.",
			slices.Concat(partNamed("gpu", "rtx_4090").Sources, partNamed("link", "pcie4_x16").Sources, desktopSources, noDeviceSources, partNamed("flash", "nvme_pcie4").Sources)},
		{dgxMachine(), "DGX-1: 8 x V100 on NVLink",
			"Eight V100 32GB behind PCIe 3 x16, the node of Towards MoE Deployment: experts are spread over the GPUs.",
			slices.Concat(partNamed("gpu", "v100_sxm").Sources, partNamed("link", "pcie3_x16").Sources, partNamed("peer", "nvlink2").Sources, asOn("the paper's machine", dgxSources, xeonSources), noDeviceSources)},
		{pairMachine(), "2 x A100 on NVLink",
			"Two A100 SXM 80GB with half of the experts each.",
			slices.Concat(partNamed("gpu", "a100_sxm").Sources, partNamed("link", "pcie4_x16").Sources, partNamed("peer", "nvlink3").Sources, asOn("the paper's machine", pairSources, xeonSources), noDeviceSources)},
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
		GPU:  partNamed("gpu", "a100_pcie").Machine.GPU,
		Link: paperLink(),
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

// paperLink is PCIe 4 as the paper's equations have it: at its nominal rate.
func paperLink() link.Spec {
	l := partNamed("link", "pcie4_x16").Machine.Link
	l.Name, l.Efficiency, l.Latency, l.Submit = "PCIe 4 x16 (CXL)", 1, unit.Microsecond, unit.Microsecond
	return l
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
		GPU:  partNamed("gpu", "h100_sxm").Machine.GPU,
		Link: partNamed("link", "pcie5_x16").Machine.Link,
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
	m.Name, m.Device, m.GPU = "a100-fp32", device.Spec{}, partNamed("gpu", "a100_sxm").Machine.GPU
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

// duplexMachine is Duplex's (2409.01141) on our H100: Logic-PIM in its five stacks.
func duplexMachine() Machine {
	m := h100Machine()
	m.Name = "h100-duplex"
	m.Device = device.Spec{
		Name: "Logic-PIM in HBM3", Count: 1, Memory: m.GPU.Memory, Bandwidth: 4 * m.GPU.Bandwidth, Efficiency: 0.9, Stacked: true,
		Command: 100 * unit.Nanosecond,
		NDP:     ndp.Spec{Arrays: 160, Rows: 8, Cols: 64, Clock: 650 * unit.Megahertz, Power: 95_160},
	}
	return m
}

// desktopMachine is what people run at home, as HOBBIT's and ProMoE's test beds.
func desktopMachine() Machine {
	m := h100Machine()
	m.Name, m.GPU, m.Link, m.Flash = "desktop-4090", partNamed("gpu", "rtx_4090").Machine.GPU, partNamed("link", "pcie4_x16").Machine.Link, partNamed("flash", "nvme_pcie4").Machine.Flash
	m.Host.Name, m.Host.Memory, m.Host.Cores = "16 desktop cores", 128<<30, 16
	m.Host.Bandwidth, m.Host.BandwidthEfficiency, m.Host.CoreBandwidth = 89_600e6, 0.8, 20e9
	m.Host.Compute, m.Host.ComputeEfficiency, m.Host.ISA = 2_048e9, 0.7, host.AVX2
	m.Host.Operator, m.Host.Power = 10*unit.Microsecond, 253_000
	return m
}

// dgxMachine is a node of Towards MoE Deployment (2303.06182).
func dgxMachine() Machine {
	m := pairMachine()
	m.Name, m.GPUs = "dgx1-v100", 8
	m.GPU, m.Link, m.Peer = partNamed("gpu", "v100_sxm").Machine.GPU, partNamed("link", "pcie3_x16").Machine.Link, partNamed("peer", "nvlink2").Machine.Peer
	m.Host.Name, m.Host.Memory, m.Host.Cores, m.Host.ISA = "2 x Intel Xeon E5-2698 v4", 700e9, 40, host.AVX2
	m.Host.Bandwidth, m.Host.Compute, m.Host.Power = 153_600e6, 2_816e9, 270_000
	return m
}

// pairMachine is the least that spreads experts.
func pairMachine() Machine {
	m := paperMachine()
	m.Name, m.GPUs, m.Device = "a100-pair", 2, device.Spec{}
	m.GPU, m.Link, m.Peer = partNamed("gpu", "a100_sxm").Machine.GPU, partNamed("link", "pcie4_x16").Machine.Link, partNamed("peer", "nvlink3").Machine.Peer
	return m
}
