package gpu

import "monde/core/unit"

// Preset is a GPU by name.
type Preset struct {
	Name    string // as other tools name it
	Spec    Spec
	Fitted  bool   // its own measurements gave its efficiencies; otherwise those of Nearest did
	Nearest string // preset whose efficiencies it has
	Sheet   string // where its numbers are, if not with AIConfigurator's
}

// measured is the only GPU of which we have measurements of every kind of kernel.
const measured = "h100_sxm"

// Presets returns every GPU, the measured one first. Memory, rates and power are
// those of data sheets, as AIConfigurator's systems/*.yaml have them (Apache-2.0);
// SMs and L2 are NVIDIA's architecture papers'. Efficiencies and fixed costs are the
// measured GPU's.
func Presets() []Preset {
	return []Preset{
		{Name: measured, Spec: sheet("NVIDIA H100 80GB HBM3", 80<<30, 3_350, 989, 132, 50, 700), Fitted: true},
		preset("h100_pcie", sheet("NVIDIA H100 PCIe 80GB", 80<<30, 2_000, 756, 114, 50, 350)),
		preset("h200_sxm", sheet("NVIDIA H200", 141<<30, 4_800, 989, 132, 50, 700)),
		preset("a100_sxm", older(sheet("NVIDIA A100 SXM 80GB", 80<<30, 2_039, 312, 108, 40, 400))),
		preset("a100_pcie", older(sheet("NVIDIA A100 PCIe 80GB", 80<<30, 1_935, 312, 108, 40, 300))),
		preset("a30", older(sheet("NVIDIA A30", 24<<30, 933, 165, 56, 24, 165))),
		preset("l40s", older(sheet("NVIDIA L40S", 45<<30, 864, 362, 142, 96, 350))),
		preset("l4", older(sheet("NVIDIA L4", 24<<30, 300, 121, 58, 48, 72))),
		preset("rtx_4090", older(sheet("NVIDIA RTX 4090", 24<<30, 1_008, 165, 128, 72, 450))),
		preset("rtx_3090", older(sheet("NVIDIA RTX 3090", 24<<30, 936, 71, 82, 6, 350))),
		preset("rtx_a5000", older(sheet("NVIDIA RTX A5000", 24<<30, 768, 111, 64, 6, 230))),
		preset("rtx_a6000", older(sheet("NVIDIA RTX A6000", 48<<30, 768, 155, 84, 6, 300))),
		preset("rtx_6000_ada", older(sheet("NVIDIA RTX 6000 Ada", 48<<30, 960, 364, 142, 96, 300))),
		preset("rtx_pro_6000_server", sheet("NVIDIA RTX PRO 6000 Server", 96<<30, 1_792, 468, 188, 128, 600)),
		preset("b200_sxm", sheet("NVIDIA B200", 180<<30, 7_700, 2_250, 148, 126, 1_000)),
		preset("b300_sxm", sheet("NVIDIA B300", 268<<30, 7_750, 2_250, 148, 126, 1_100)),
		preset("gb200", sheet("NVIDIA GB200", 185<<30, 8_000, 2_500, 148, 126, 1_200)),
		preset("gb300", sheet("NVIDIA GB300", 278<<30, 8_000, 2_500, 148, 126, 1_400)),
		volta(preset("v100_sxm", older(sheet("NVIDIA V100 SXM2 32GB", 32<<30, 900, 125, 80, 6, 300)))),
	}
}

// Named returns the preset of that name.
func Named(name string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

func preset(name string, s Spec) Preset { return Preset{Name: name, Spec: s, Nearest: measured} }

// volta says where the numbers of a V100 are.
func volta(p Preset) Preset {
	p.Sheet = "NVIDIA V100 data sheet"
	return p
}

// sheet is a GPU of so many GB/s, bf16 TFLOP/s, SMs, MB of L2 and watts.
func sheet(name string, memory unit.Bytes, gbps unit.BytesPerSecond, tflops unit.FLOPsPerSecond, sms int, l2 unit.Bytes, watts unit.Power) Spec {
	return Fitted().Into(Spec{
		Name: name, Memory: memory, Bandwidth: gbps * 1e9, Compute: tflops * 1e12, SMs: sms, L2: l2 * 1e6,
		Experts: Grouped, Tiles: NewTiles, Power: watts * 1000,
	})
}

// Into returns s with the efficiencies and fixed costs of k.
func (k Constants) Into(s Spec) Spec {
	s.BandwidthEfficiency, s.ComputeEfficiency = k.Bytes, k.FLOPs
	s.Kernel, s.Small = microseconds(k.Kernel), microseconds(k.Small)
	s.Launch, s.Start = microseconds(k.Launch), microseconds(k.Start)
	return s
}

// older is a GPU of an architecture for which vLLM's old tiles are what was measured.
func older(s Spec) Spec {
	s.Tiles = OldTiles
	return s
}
