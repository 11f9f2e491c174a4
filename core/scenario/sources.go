package scenario

import "monde/core/report"

const (
	aic    = "AIConfigurator systems/"
	monde  = "MoNDE, DAC 2024, doi 10.1145/3649329.3655951, "
	ownH1  = "own measurement on one H100 80GB HBM3, "
	ndpErr = "simulated only: no NDP expert execution has been measured anywhere; "
)

// Each row says where one number of a machine came from; a test fails on a
// number without one.

var a100Sources = []report.Source{
	{Path: "machine.gpu.memory_bytes", Kind: report.Assumed, Text: "80 GiB (" + aic + "a100_pcie.yaml); the paper does not say 40 or 80"},
	{Path: "machine.gpu.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: "NVIDIA A100 80GB PCIe data sheet; " + aic + "a100_pcie.yaml"},
	{Path: "machine.gpu.bandwidth_efficiency", Kind: report.Assumed, Text: aic + "a100_pcie.yaml, mem_bw_empirical_scaling_factor, marked there as not official"},
	{Path: "machine.gpu.compute_flops_per_s", Kind: report.Datasheet, Text: "NVIDIA A100 80GB PCIe data sheet, BF16 tensor core, dense"},
	{Path: "machine.gpu.compute_efficiency", Kind: report.Assumed, Text: "the share that an H100 reached in our own measurement (762.1 of 989 TFLOP/s)"},
	{Path: "machine.gpu.kernel_ps", Kind: report.Assumed, Text: aic + "a100_pcie.yaml, mem_empirical_constant_latency, marked there as not official"},
	{Path: "machine.gpu.launch_ps", Kind: report.Assumed, Text: "usual order of a CUDA kernel launch; counts only where eager is set"},
	{Path: "machine.gpu.power_mw", Kind: report.Datasheet, Text: "NVIDIA A100 80GB PCIe data sheet, board power"},
}

var pcie4Sources = []report.Source{
	{Path: "machine.link.bandwidth_bytes_per_s", Kind: report.Paper, Text: monde + "as reported by readers: PCIe Gen4 x16; 32 GB/s one way is a reader's note and the nominal rate"},
	{Path: "machine.link.efficiency", Kind: report.Assumed, Text: "1, as in the paper's equations; real PCIe 4 x16 copies reach 22 to 24 GB/s (0.69 to 0.75)"},
	{Path: "machine.link.latency_ps", Kind: report.Assumed, Text: "usual order of a DMA across PCIe; the paper gives none"},
	{Path: "machine.link.chunk_bytes", Kind: report.Assumed, Text: "a DMA engine interleaves streams far below one expert"},
}

var xeonSources = []report.Source{
	{Path: "machine.host.memory_bytes", Kind: report.Assumed, Text: "the paper does not say"},
	{Path: "machine.host.bandwidth_bytes_per_s", Kind: report.Paper, Text: monde + "table 2, as reported by readers: 187 GB/s"},
	{Path: "machine.host.bandwidth_efficiency", Kind: report.Assumed, Text: "usual share of a streaming read on such a CPU"},
	{Path: "machine.host.compute_flops_per_s", Kind: report.Derived, Text: "12 cores x 2.1 GHz x 2 AVX-512 FMA x 16 fp32 lanes x 2; no bf16 instructions on Ice Lake"},
	{Path: "machine.host.compute_efficiency", Kind: report.Assumed, Text: "usual share of a tuned GEMM"},
	{Path: "machine.host.call_ps", Kind: report.Assumed, Text: "usual order of waking the threads of one parallel region, twice"},
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

var noDeviceSources = []report.Source{
	{Path: "machine.device.count", Kind: report.Measured, Text: "the box has none"},
}

var h100Sources = []report.Source{
	{Path: "machine.gpu.memory_bytes", Kind: report.Datasheet, Text: aic + "h100_sxm.yaml"},
	{Path: "machine.gpu.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: "NVIDIA H100 SXM data sheet; " + aic + "h100_sxm.yaml"},
	{Path: "machine.gpu.bandwidth_efficiency", Kind: report.Measured, Text: ownH1 + "ceiling: a device copy reads and writes 3008.6 GB/s"},
	{Path: "machine.gpu.compute_flops_per_s", Kind: report.Datasheet, Text: "NVIDIA H100 SXM data sheet, BF16 tensor core, dense"},
	{Path: "machine.gpu.compute_efficiency", Kind: report.Measured, Text: ownH1 + "ceiling: 762.1 TFLOP/s"},
	{Path: "machine.gpu.kernel_ps", Kind: report.Derived, Text: ownH1 + "ffn: Switch-Large expert, 1 token, graph: (15.69 us - 16.78 MB at 3008.6 GB/s) over 3 kernels"},
	{Path: "machine.gpu.launch_ps", Kind: report.Measured, Text: ownH1 + "layers: about 24 us a launch"},
	{Path: "machine.gpu.power_mw", Kind: report.Datasheet, Text: "NVIDIA H100 SXM data sheet, board power"},
}

var pcie5Sources = []report.Source{
	{Path: "machine.link.bandwidth_bytes_per_s", Kind: report.Datasheet, Text: "PCI Express 5.0 x16, one direction, nominal"},
	{Path: "machine.link.efficiency", Kind: report.Measured, Text: ownH1 + "link: 268,435,456 B pinned in 5041.9 us = 53.2 GB/s"},
	{Path: "machine.link.latency_ps", Kind: report.Derived, Text: ownH1 + "link: 1 MiB pinned in 32.24 us, less its bytes at 53.2 GB/s"},
	{Path: "machine.link.chunk_bytes", Kind: report.Assumed, Text: "a DMA engine interleaves streams far below one expert"},
}

var sapphireSources = []report.Source{
	{Path: "machine.host.memory_bytes", Kind: report.Assumed, Text: "not recorded with the measurements"},
	{Path: "machine.host.bandwidth_bytes_per_s", Kind: report.Derived, Text: ownH1 + "cpu: bf16 experts of 16.8 to 352 MB, 4 tokens, 16 threads, stream at 29 to 32 GB/s"},
	{Path: "machine.host.bandwidth_efficiency", Kind: report.Derived, Text: "1: the bandwidth is the achieved one"},
	{Path: "machine.host.compute_flops_per_s", Kind: report.Derived, Text: ownH1 + "cpu: Mixtral expert, 256 tokens in 34.4 ms"},
	{Path: "machine.host.compute_efficiency", Kind: report.Derived, Text: "1: the rate is the achieved one"},
	{Path: "machine.host.call_ps", Kind: report.Derived, Text: ownH1 + "cpu: Qwen3 expert, 4 tokens in 400 us, less its bytes"},
	{Path: "machine.host.power_mw", Kind: report.Assumed, Text: "16 of 56 cores of a 350 W Sapphire Rapids"},
}
