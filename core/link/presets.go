package link

import "monde/core/unit"

// Preset is a link by name.
type Preset struct {
	Name       string
	Spec       Spec
	Fitted     bool   // its own measurements gave its efficiency
	Efficiency string // where that came from
}

// Presets returns every link, the measured one first. Efficiencies are those of large
// copies, which no link carries at its nominal rate: PCIe 4 x16 gives 22 to 24 GB/s.
// Latencies are the host's, and so the measured link's for all.
func Presets() []Preset {
	sixteen := func(name string, gbps unit.BytesPerSecond, efficiency float64) Spec {
		return Spec{
			Name: name, Bandwidth: gbps * 1e9, Efficiency: efficiency,
			Latency: 12_600 * unit.Nanosecond, Submit: 18_600 * unit.Nanosecond, Chunk: 256 << 10, Staged: staged,
		}
	}
	const cxl = "that of PCIe on the same lanes, and 64 of 68 bytes of a flit are data; not measured"
	return []Preset{
		{"pcie5_x16", sixteen("PCIe 5 x16", 64, 0.834), true, "own measurement on one H100 80GB HBM3, link, pinned: 53.4 GB/s"},
		{"pcie4_x16", sixteen("PCIe 4 x16", 32, 0.752), false, "24.07 GB/s in Pre-gated MoE's measurements; ProMoE (2410.22134) says 23.9"},
		{"pcie3_x16", sixteen("PCIe 3 x16", 16, 0.75), false, "12 GB/s in Towards MoE Deployment's test bed (2303.06182)"},
		{"pcie4_x8", sixteen("PCIe 4 x8", 16, 0.752), false, "as PCIe 4 x16"},
		{"cxl_pcie5_x16", sixteen("CXL on PCIe 5 x16", 64, 0.785), false, cxl},
		{"cxl_pcie5_x8", sixteen("CXL on PCIe 5 x8", 32, 0.785), false, cxl},
	}
}

// staged is pageable memory behind a PCIe link, as measured on the H100 box.
var staged = Staged{Bandwidth: 10_760e6, Uncached: 7_080e6, Cache: 32 << 20, Latency: 32_500 * unit.Nanosecond}
