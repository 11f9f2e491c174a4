package gpu

// Constants are what kernels have in common on every GPU. Times are in µs; shares
// are of the datasheet's bandwidth or bf16 rate, and at most 1. The tag fit names the
// measurements that a constant is fitted to.
type Constants struct {
	Bytes  float64 `fit:"dense" text:"share of the bandwidth that a GEMM's operands reach"`
	FLOPs  float64 `text:"share of the bf16 rate that full tiles reach; measured: 762.1 of 989 TFLOP/s"`
	Kernel float64 `fit:"dense" text:"µs, fixed cost of a GEMM launched from a graph"`
	Small  float64 `fit:"dense" text:"µs, fixed cost of an elementwise kernel launched from a graph"`
	Launch float64 `fit:"eager" text:"µs of the host for an eager launch"`
	Start  float64 `fit:"eager" text:"µs until the host sees an eager result, beyond the kernels"`

	Serial  float64 `fit:"dense" text:"share of the shorter of memory and compute that does not overlap, in a GEMM"`
	L2Speed float64 `fit:"dense" text:"speed of L2 over that of memory, for what a kernel has just produced"`
	Loop    float64 `fit:"loop" text:"µs to gather one expert's tokens and to add its results back, beside their bytes"`

	Grouped       float64 `fit:"grouped" text:"µs of sorting, launches and the combination of results, a layer"`
	GroupedBytes  float64 `fit:"grouped" text:"share of the bandwidth that the grouped kernel reaches"`
	GroupedFLOPs  float64 `fit:"grouped" text:"share of the bf16 rate that it reaches"`
	GroupedSerial float64 `fit:"grouped" text:"share of the shorter of memory and compute that does not overlap"`

	Attention      float64 `fit:"attention" text:"µs of the kernels around attention itself"`
	AttentionKey   float64 `fit:"attention" text:"µs that one block of threads takes for one key of 128 dimensions"`
	AttentionCache float64 `fit:"attention" text:"times that keys and values are read"`
	AttentionFLOPs float64 `fit:"attention" text:"share of the bf16 rate that scores and values reach"`
	AttentionEdges float64 `fit:"attention" text:"times that queries and results are moved"`

	Fused         float64 `fit:"fused" text:"µs of its six kernels, a layer"`
	FusedBytes128 float64 `fit:"fused" text:"share of the bandwidth with tiles 128 deep"`
	FusedBytes64  float64 `fit:"fused" text:"share with tiles 64 deep"`
	FusedReuse    float64 `fit:"fused" text:"share of the bf16 rate for each row of a tile, until it is reached"`
	FusedL2       float64 `fit:"fused" text:"L2 sizes that an expert's matrix must fill to be read again for every group of rows"`
	FusedSerial   float64 `text:"share of the shorter of memory and compute that does not overlap; set, for the fit would want more bandwidth than there is"`
	FusedEdges    float64 `text:"share of the bandwidth of elementwise kernels beside it; set"`

	FusedBytes32 float64 `fit:"old" text:"share of the bandwidth with the old tiles, 32 deep"`
	FusedReuse32 float64 `fit:"old" text:"as FusedReuse, with the old tiles"`
}
