package scenario

import (
	"slices"
	"strings"

	"monde/core/flash"
	"monde/core/gpu"
	"monde/core/link"
	"monde/core/report"
)

const (
	aic        = "AIConfigurator systems/"
	monde      = "MoNDE, DAC 2024, doi 10.1145/3649329.3655951, "
	deployment = "Towards MoE Deployment (2303.06182), table I: "
	ownH1      = "own measurement on one H100 80GB HBM3, "
	ndpErr     = "simulated only: no NDP expert execution has been measured anywhere; "
)

// Each row says where one number of a machine came from; a test fails on a
// number without one.

// gpuSources says where the numbers of a GPU came from: data sheets, and efficiencies
// from the fit, its own or that of the GPU that was measured.
func gpuSources(p gpu.Preset) []report.Source {
	kind, whose := report.Fitted, "monde fit, to our own H100 measurements and AIConfigurator's"
	if !p.Fitted {
		kind, whose = report.Derived, "the fit of "+p.Nearest+", the nearest relative with measurements of its own"
	}
	sheet, format := "data sheet, as in "+aic+p.Name+".yaml", "BF16"
	if p.Sheet != "" {
		sheet, format = p.Sheet, "FP16, there is no BF16;"
	}
	list := []report.Source{
		{Path: "machine.gpu.memory_bytes", Kind: report.Datasheet, Text: sheet},
		{Path: "machine.gpu.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: sheet},
		{Path: "machine.gpu.compute_flops_per_s", Kind: report.Datasheet, Text: sheet + ": " + format + " tensor core, dense"},
		{Path: "machine.gpu.sms", Kind: report.Datasheet, Text: "NVIDIA's architecture paper"},
		{Path: "machine.gpu.l2_bytes", Kind: report.Datasheet, Text: "NVIDIA's architecture paper"},
		{Path: "machine.gpu.power_mw", Kind: report.Datasheet, Text: sheet + ": board"},
		{Path: "machine.gpu.experts", Kind: report.Assumed, Text: "the usual kernel where GPU memory holds all experts; moved ones are looped"},
		{Path: "machine.gpu.fused_tiles", Kind: report.Assumed, Text: "vLLM's, for the style fused"},
		{Path: "machine.gpu.compute_efficiency", Kind: report.Measured, Text: ownH1 + "ceiling: 762.1 TFLOP/s"},
	}
	for _, field := range []string{"reserved_bytes", "reserved_per_expert_bytes", "group_rows", "block_floor_ps", "moe_block_floor_ps"} {
		list = append(list, report.Source{Path: "machine.gpu." + field, Kind: report.Assumed, Text: "none: a library chooses tiles, launches are counted, and frameworks differ"})
	}
	for _, field := range []string{"bandwidth_efficiency", "kernel_ps", "small_kernel_ps", "launch_ps", "start_ps"} {
		list = append(list, report.Source{Path: "machine.gpu." + field, Kind: kind, Text: whose})
	}
	return list
}

// offloadSources are of the Pre-gated MoE box: what differs from a paper's A100.
func offloadSources() []report.Source {
	const fit = "Pre-gated MoE (ISCA 2024), performance_data: "
	differ := map[string]report.Source{
		"machine.gpu.compute_flops_per_s":       {Kind: report.Datasheet, Text: "NVIDIA A100 data sheet, FP32 without tensor cores"},
		"machine.gpu.compute_efficiency":        {Kind: report.Fitted, Text: fit + "64 active experts"},
		"machine.gpu.group_rows":                {Kind: report.Assumed, Text: "CUTLASS grouped GEMM of FasterTransformer"},
		"machine.gpu.block_floor_ps":            {Kind: report.Fitted, Text: fit + "throughputs"},
		"machine.gpu.moe_block_floor_ps":        {Kind: report.Fitted, Text: fit + "GPU-only blocks"},
		"machine.gpu.reserved_bytes":            {Kind: report.Fitted, Text: fit + "peak memory with 8 experts"},
		"machine.gpu.reserved_per_expert_bytes": {Kind: report.Fitted, Text: fit + "peak memory with 256 experts; what it holds is not known"},
		"machine.gpu.launch_ps":                 {Kind: report.Assumed, Text: "none: the floors are launches"},
		"machine.gpu.start_ps":                  {Kind: report.Assumed, Text: "none: the floors are launches"},
		"machine.link.efficiency":               {Kind: report.Fitted, Text: fit + "24.07 GB/s"},
		"machine.host.memory_bytes":             {Kind: report.Paper, Text: fit + "1771 GB"},
		"machine.host.cores":                    {Kind: report.Datasheet, Text: "AMD EPYC 7V12"},
		"machine.host.sync_ps":                  {Kind: report.Fitted, Text: fit + "OnDemand blocks"},
	}
	list := slices.Concat(partNamed("gpu", "a100_sxm").Sources, pcie4Sources, stagedSources, xeonSources, noDeviceSources)
	for i, s := range list {
		if d, ok := differ[s.Path]; ok {
			list[i].Kind, list[i].Text = d.Kind, d.Text
		} else if strings.HasPrefix(s.Path, "machine.host.") {
			list[i].Kind, list[i].Text = report.Assumed, "the paper's Xeon: no strategy that was measured computes there"
		}
	}
	return list
}

// stagedSources are of pageable memory, the same for every link.
var stagedSources = []report.Source{
	{Path: "machine.link.pageable", Kind: report.Assumed, Text: "experts lie in pinned memory"},
	{Path: "machine.link.staged.bandwidth_bytes_per_s", Kind: report.Fitted, Text: ownH1 + "link, pageable"},
	{Path: "machine.link.staged.uncached_bytes_per_s", Kind: report.Fitted, Text: ownH1 + "link, pageable, 64 MiB"},
	{Path: "machine.link.staged.cache_bytes", Kind: report.Assumed, Text: "between the 16 MiB and 64 MiB that were measured"},
	{Path: "machine.link.staged.latency_ps", Kind: report.Fitted, Text: ownH1 + "link, pageable"},
}

var pcie4Sources = []report.Source{
	{Path: "machine.link.bandwidth_bytes_per_s", Kind: report.Paper, Text: monde + "as reported by readers: PCIe Gen4 x16; 32 GB/s one way is a reader's note and the nominal rate"},
	{Path: "machine.link.efficiency", Kind: report.Assumed, Text: "1, as in the paper's equations; real PCIe 4 x16 copies reach 22 to 24 GB/s (0.69 to 0.75)"},
	{Path: "machine.link.latency_ps", Kind: report.Assumed, Text: "usual order of a DMA across PCIe; the paper gives none"},
	{Path: "machine.link.submit_ps", Kind: report.Assumed, Text: "the latency: a lone copy counts in scope transfer only"},
	{Path: "machine.link.chunk_bytes", Kind: report.Assumed, Text: "a DMA engine interleaves streams far below one expert"},
}

var xeonSources = []report.Source{
	{Path: "machine.host.memory_bytes", Kind: report.Assumed, Text: "the paper does not say"},
	{Path: "machine.host.bandwidth_bytes_per_s", Kind: report.Paper, Text: monde + "table 2, as reported by readers: 187 GB/s"},
	{Path: "machine.host.bandwidth_efficiency", Kind: report.Assumed, Text: "usual share of a streaming read on such a CPU"},
	{Path: "machine.host.compute_flops_per_s", Kind: report.Derived, Text: "12 cores x 2.1 GHz x 2 AVX-512 FMA x 16 fp32 lanes x 2; no bf16 instructions on Ice Lake"},
	{Path: "machine.host.compute_efficiency", Kind: report.Assumed, Text: "usual share of a tuned GEMM"},
	{Path: "machine.host.cores", Kind: report.Datasheet, Text: "Intel Xeon Silver 4310"},
	{Path: "machine.host.core_bandwidth_bytes_per_s", Kind: report.Assumed, Text: "its share of the bandwidth: all cores draw it"},
	{Path: "machine.host.isa", Kind: report.Datasheet, Text: "Ice Lake: AVX-512, no bf16"},
	{Path: "machine.host.operator_ps", Kind: report.Assumed, Text: "usual order of waking the threads of one parallel region"},
	{Path: "machine.host.expert_operators", Kind: report.Derived, Text: "as on the H100 box"},
	{Path: "machine.host.activation_bytes_per_s", Kind: report.Derived, Text: "as on the H100 box"},
	{Path: "machine.host.sync_ps", Kind: report.Derived, Text: "as on the H100 box; counts only where eager is set"},
	{Path: "machine.host.round_ps", Kind: report.Derived, Text: "as on the H100 box; counts only where eager is set"},
	{Path: "machine.host.power_mw", Kind: report.Datasheet, Text: "Intel Xeon Silver 4310, thermal design power"},
}

var mondeSources = []report.Source{
	{Path: "machine.device.count", Kind: report.Paper, Text: monde + "as reported by readers: one CXL memory device"},
	{Path: "machine.device.memory_bytes", Kind: report.Paper, Text: monde + "table 2, as reported by readers: 8 modules of 64 GB"},
	{Path: "machine.device.bandwidth_bytes_per_s", Kind: report.Paper, Text: monde + "table 2, as reported by readers: about 512 GB/s; 8 x 68 GB/s would be 544"},
	{Path: "machine.device.efficiency", Kind: report.Derived, Text: "1: 512 of 546 GB/s of raw pins is 94 % already"},
	{Path: "machine.device.command_ps", Kind: report.Assumed, Text: ndpErr + "100 cycles of the NDP clock to fetch and decode a queued instruction"},
	{Path: "machine.device.power_mw", Kind: report.Paper, Text: monde + "table 3, as reported by one reader: base device 114.2 W"},
	{Path: "machine.device.ndp.arrays", Kind: report.Paper, Text: monde + "as reported by readers: 64 arrays of 4x4 at 1 GHz"},
	{Path: "machine.device.ndp.rows", Kind: report.Paper, Text: monde + "as reported by readers: 64 arrays of 4x4 at 1 GHz"},
	{Path: "machine.device.ndp.cols", Kind: report.Paper, Text: monde + "as reported by readers: 64 arrays of 4x4 at 1 GHz"},
	{Path: "machine.device.ndp.clock_hz", Kind: report.Paper, Text: monde + "as reported by readers: 64 arrays of 4x4 at 1 GHz"},
	{Path: "machine.device.ndp.power_mw", Kind: report.Derived, Text: monde + "table 3, as reported by one reader: about 1.6 % of 114.2 W"},
}

// duplexSources are of Logic-PIM, as readers of its paper and of its simulator report.
var duplexSources = []report.Source{
	{Path: "machine.device.count", Kind: report.Paper, Text: duplex + "the stacks of one GPU, as one device"},
	{Path: "machine.device.stacked", Kind: report.Paper, Text: duplex + "on the logic dies of the GPU's memory"},
	{Path: "machine.device.memory_bytes", Kind: report.Datasheet, Text: "the GPU's own memory"},
	{Path: "machine.device.bandwidth_bytes_per_s", Kind: report.Paper, Text: duplex + "4 times the GPU's, by 4 times the TSVs"},
	{Path: "machine.device.efficiency", Kind: report.Assumed, Text: ndpErr + "what a GPU's streams reach of such memory"},
	{Path: "machine.device.command_ps", Kind: report.Assumed, Text: ndpErr + "as of MoNDE's device"},
	{Path: "machine.device.power_mw", Kind: report.Assumed, Text: "0: the memory's power is in the GPU's"},
	{Path: "machine.device.ndp.arrays", Kind: report.Derived, Text: duplex + duplexArrays},
	{Path: "machine.device.ndp.rows", Kind: report.Derived, Text: duplex + duplexArrays},
	{Path: "machine.device.ndp.cols", Kind: report.Derived, Text: duplex + duplexArrays},
	{Path: "machine.device.ndp.clock_hz", Kind: report.Derived, Text: duplex + duplexArrays},
	{Path: "machine.device.ndp.power_mw", Kind: report.Derived, Text: monde + "by multiply-adds a second"},
}

const (
	duplex       = "Duplex, MICRO 2024, arXiv 2409.01141, as reported by readers: "
	duplexArrays = "8 operations a byte at its bandwidth; how arrays make them up is ours"
)

var noDeviceSources = []report.Source{
	{Path: "machine.device.count", Kind: report.Measured, Text: "the box has none"},
}

// linkSources are of a link that has a preset of its own.
func linkSources(p link.Preset) []report.Source {
	efficiency, latency := report.Derived, report.Derived
	const host = ownH1 + "link, pinned"
	whose := "the host's part, as measured behind PCIe 5: " + host
	if p.Fitted {
		efficiency, latency, whose = report.Fitted, report.Fitted, host
	}
	return append([]report.Source{
		{Path: "machine.link.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: p.Spec.Name + ", one direction, nominal"},
		{Path: "machine.link.efficiency", Kind: efficiency, Text: p.Efficiency},
		{Path: "machine.link.latency_ps", Kind: latency, Text: whose},
		{Path: "machine.link.submit_ps", Kind: latency, Text: whose + ", 64 KiB"},
		{Path: "machine.link.chunk_bytes", Kind: report.Assumed, Text: "a DMA engine interleaves streams far below one expert"},
	}, stagedSources...)
}

// peerSources are of a link between GPUs.
func peerSources(p link.PeerPreset) []report.Source {
	return []report.Source{
		{Path: "machine.peer.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: p.Source},
		{Path: "machine.peer.efficiency", Kind: report.Assumed, Text: "usual share that large exchanges of NCCL reach behind a switch; nothing here was measured"},
		{Path: "machine.peer.latency_ps", Kind: report.Assumed, Text: "usual order of a small exchange of NCCL within a node"},
	}
}

func flashSources(p flash.Preset) []report.Source {
	return []report.Source{
		{Path: "machine.flash.memory_bytes", Kind: report.Assumed, Text: "a usual size"},
		{Path: "machine.flash.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: p.Text},
		{Path: "machine.flash.efficiency", Kind: report.Assumed, Text: "long reads past the page cache; nothing here was measured"},
		{Path: "machine.flash.latency_ps", Kind: report.Assumed, Text: "usual order of a read from NAND"},
		{Path: "machine.flash.request_bytes", Kind: report.Assumed, Text: "usual largest request of a block device"},
		{Path: "machine.flash.queue_depth", Kind: report.Assumed, Text: "usual depth of an asynchronous reader"},
		{Path: "machine.flash.power_mw", Kind: report.Assumed, Text: "usual of such a drive while it reads"},
	}
}

var sapphireSources = []report.Source{
	{Path: "machine.host.memory_bytes", Kind: report.Assumed, Text: "not recorded with the measurements"},
	{Path: "machine.host.cores", Kind: report.Measured, Text: ownH1 + "cpu: 16 threads"},
	{Path: "machine.host.core_bandwidth_bytes_per_s", Kind: report.Fitted, Text: ownH1 + "cpu, 8 and 16 threads"},
	{Path: "machine.host.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: "Sapphire Rapids, eight channels of DDR5-4800"},
	{Path: "machine.host.bandwidth_efficiency", Kind: report.Fitted, Text: ownH1 + "cpu: 105.9 GB/s"},
	{Path: "machine.host.compute_flops_per_s", Kind: report.Derived, Text: "16 cores x 2 GHz x 2,048 bf16 operations of AMX"},
	{Path: "machine.host.compute_efficiency", Kind: report.Fitted, Text: ownH1 + "cpu: 338 GFLOP/s a core"},
	{Path: "machine.host.isa", Kind: report.Datasheet, Text: "Sapphire Rapids: AMX"},
	{Path: "machine.host.operator_ps", Kind: report.Fitted, Text: ownH1 + "cpu"},
	{Path: "machine.host.expert_operators", Kind: report.Fitted, Text: ownH1 + "layers, am_cpu of 4, 64 and 1,024 tokens"},
	{Path: "machine.host.activation_bytes_per_s", Kind: report.Fitted, Text: ownH1 + "cpu"},
	{Path: "machine.host.sync_ps", Kind: report.Fitted, Text: ownH1 + "layers; counts only where eager is set"},
	{Path: "machine.host.round_ps", Kind: report.Fitted, Text: ownH1 + "layers, am_cpu; counts only where eager is set"},
	{Path: "machine.host.power_mw", Kind: report.Assumed, Text: "16 of 56 cores of a 350 W Sapphire Rapids"},
}

var desktopSources = []report.Source{
	{Path: "machine.host.memory_bytes", Kind: report.Paper, Text: "ProMoE's test bed (2410.22134)"},
	{Path: "machine.host.cores", Kind: report.Assumed, Text: "usual of a desktop"},
	{Path: "machine.host.core_bandwidth_bytes_per_s", Kind: report.Assumed, Text: "a few cores draw the whole bandwidth of a desktop"},
	{Path: "machine.host.bandwidth_bytes_per_s", Kind: report.Derived, Text: "two channels of DDR5-5600"},
	{Path: "machine.host.bandwidth_efficiency", Kind: report.Assumed, Text: "usual share of a streaming read on such a CPU"},
	{Path: "machine.host.compute_flops_per_s", Kind: report.Derived, Text: "16 cores x 4 GHz x 2 AVX2 FMA x 8 fp32 lanes x 2"},
	{Path: "machine.host.compute_efficiency", Kind: report.Assumed, Text: "usual share of a tuned GEMM"},
	{Path: "machine.host.isa", Kind: report.Datasheet, Text: "desktop CPUs: AVX2"},
	{Path: "machine.host.operator_ps", Kind: report.Assumed, Text: "usual order of waking the threads of one parallel region"},
	{Path: "machine.host.expert_operators", Kind: report.Derived, Text: "as on the H100 box"},
	{Path: "machine.host.activation_bytes_per_s", Kind: report.Derived, Text: "as on the H100 box"},
	{Path: "machine.host.sync_ps", Kind: report.Derived, Text: "as on the H100 box; counts only where eager is set"},
	{Path: "machine.host.round_ps", Kind: report.Derived, Text: "as on the H100 box; counts only where eager is set"},
	{Path: "machine.host.power_mw", Kind: report.Assumed, Text: "usual of a desktop CPU under load"},
}

// dgxSources are of the test bed of Towards MoE Deployment, but for what has presets.
var dgxSources = []report.Source{
	{Path: "machine.gpus", Kind: report.Paper, Text: deployment + "8 GPUs a node"},
	{Path: "machine.host.memory_bytes", Kind: report.Paper, Text: deployment + "700 GB"},
	{Path: "machine.host.cores", Kind: report.Paper, Text: deployment + "2 x Intel Xeon E5-2698 v4, of 20 cores"},
	{Path: "machine.host.bandwidth_bytes_per_s", Kind: report.Derived, Text: "two sockets with four channels of DDR4-2400"},
	{Path: "machine.host.compute_flops_per_s", Kind: report.Derived, Text: "40 cores x 2.2 GHz x 2 AVX2 FMA x 8 fp32 lanes x 2"},
	{Path: "machine.host.isa", Kind: report.Datasheet, Text: "Broadwell: AVX2"},
	{Path: "machine.host.power_mw", Kind: report.Datasheet, Text: "two Intel Xeon E5-2698 v4, thermal design power"},
}

// pairSources are of two A100 in a host that nobody has described.
var pairSources = []report.Source{
	{Path: "machine.gpus", Kind: report.Assumed, Text: "the fewest over which experts spread"},
}

// asOn returns sources of a host where the others came from another machine.
func asOn(of string, own, others []report.Source) []report.Source {
	list := slices.Clone(own)
	for _, s := range others {
		said := slices.ContainsFunc(own, func(x report.Source) bool { return x.Path == s.Path })
		if !said && strings.HasPrefix(s.Path, "machine.host.") {
			s.Kind, s.Text = report.Assumed, "as of "+of+": no expert is computed there"
			list = append(list, s)
		}
	}
	return list
}
