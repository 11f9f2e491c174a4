package validate

import (
	"fmt"
	"strings"

	"monde/core/gpu"
	"monde/core/host"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// box is the machine of data/h100.
const box = "h100-box"

// start returns a scenario of one part of a block on a machine, for so many tokens.
func start(machine string, scope workload.Scope, m model.Spec, tokens int) scenario.Scenario {
	s := scenario.Default()
	p, ok := scenario.MachineNamed(machine)
	if !ok {
		panic("validate: bug: no machine " + machine)
	}
	s.Machine, s.Model = p.Machine, m
	s.Machine.GPU.Experts = gpu.Looped
	s.Workload.Scope, s.Workload.Phase = scope, workload.Prefill
	if m.Encoder.Blocks > 0 {
		s.Workload.Phase = workload.Encoder
	}
	s.Workload.Batch, s.Workload.InputTokens = 1, tokens
	s.Workload.Routing.Source = workload.Uniform
	s.Strategy = s.Strategy.As(policy.Ideal)
	return s
}

// shape is a model of one block, for measurements that name no model.
func shape(name string, dModel, dFF, matrices, experts, topK int) model.Spec {
	return model.Spec{
		Name: name, Family: "measured shape", DModel: dModel, DFF: dFF, Decoder: model.Stack{Blocks: 1, MoEStep: 1},
		Heads: 1, KVHeads: 1, HeadDim: 1, Experts: experts, TopK: topK, ExpertFF: dFF, Gated: matrices == 3,
		WeightBits: 16, ExpertBits: 16,
	}
}

const (
	maxWidth  = 1 << 17
	maxTokens = 1 << 20
)

// linkRows: copies of so many bytes, both ways, and as the host sees them.
func linkRows(l *line) []Row {
	b := l.count("bytes", 1, 1<<34)
	m := shape("copy", 1, 1, 2, 1, 1)
	m.DModel = 1 // of 4·d_model·expert_ff bytes
	for m.DModel < 1<<16 && b%(8*m.DModel) == 0 {
		m.DModel *= 2
	}
	m.ExpertFF = max(1, (b+4*m.DModel-1)/(4*m.DModel))
	s := start(box, workload.OneCopy, m, 1)
	s.Strategy = s.Strategy.As(policy.GPUPM)
	kind := l.text("memory")
	if kind != "pinned" && kind != "pageable" {
		l.blame("memory must be pinned or pageable, got %q", kind)
	}
	s.Machine.Link.Pageable = kind == "pageable"
	part := ""
	if b < 64<<10 {
		part = "below 64 KiB"
	}
	var rows []Row
	for _, column := range []string{"h2d_us", "d2h_us", "h2d_host_visible_us"} {
		rows = append(rows, Row{
			Set: part, Model: kind, Strategy: strings.TrimSuffix(column, "_us"), Machine: box, Case: fmt.Sprintf("%d B", b),
			Measured: l.measured(column), runs: []scenario.Scenario{s},
		})
	}
	return rows
}

// ffnRows: one expert's FFN, launched from a graph and eagerly.
func ffnRows(l *line) []Row {
	t, d, f, n := l.count("tokens", 1, maxTokens), l.count("d_model", 1, maxWidth), l.count("d_ff", 1, maxWidth), l.count("matrices", 2, 3)
	bf16(l, "dtype")
	s := start(box, workload.OneExpert, shape(l.text("shape"), d, f, n, 1, 1), t)
	return []Row{graphed(l, s, t), eager(l, s, t)}
}

func bf16(l *line, column string) {
	if kind := l.text(column); kind != "" && kind != "bf16" && kind != "bfloat16" {
		l.blame("%s %q is not modelled: only bf16 is", column, kind)
	}
}

func graphed(l *line, s scenario.Scenario, tokens int) Row {
	return Row{
		Model: l.text("shape"), Strategy: "graph", Machine: box, Tokens: tokens,
		Measured: l.measured("graph_us"), runs: []scenario.Scenario{s},
	}
}

func eager(l *line, s scenario.Scenario, tokens int) Row {
	s.Machine.GPU.Eager = true
	return Row{
		Model: l.text("shape"), Strategy: "eager", Machine: box, Tokens: tokens,
		Measured: l.measured("eager_us"), runs: []scenario.Scenario{s},
	}
}

// denseRows: the attention of one block.
func denseRows(l *line) []Row {
	d, heads := l.count("d_model", 1, maxWidth), l.count("heads", 1, 1<<10)
	batch, context := l.count("batch", 1, 1<<16), l.count("context", 1, maxTokens)
	if d%heads != 0 {
		l.blame("heads must divide d_model, got %d of %d", heads, d)
	}
	m := shape(l.text("shape"), d, 1, 2, 1, 1)
	m.Heads, m.KVHeads, m.HeadDim = heads, heads, max(1, d/heads)
	s := start(box, workload.Attending, m, context)
	s.Workload.Batch = batch
	tokens := batch * context
	switch phase := l.text("phase"); phase {
	case "prefill":
	case "decode":
		s.Workload.Phase, s.Workload.OutputTokens = workload.Decode, 1
		if context < 2 { // one of them is the token that is decoded
			l.blame("context must be at least 2 to decode, got %d", context)
		}
		s.Workload.InputTokens = max(1, context-1)
		tokens = batch
	default:
		l.blame("phase must be prefill or decode, got %q", phase)
	}
	rows := []Row{graphed(l, s, tokens), eager(l, s, tokens)}
	for i := range rows {
		rows[i].Strategy = l.text("phase") + " " + rows[i].Strategy
		rows[i].Case = fmt.Sprintf("%d x %d", batch, context)
	}
	return rows
}

// cpuRows: one expert on some of the cores.
func cpuRows(l *line) []Row {
	t, d, f, n := l.count("tokens", 1, maxTokens), l.count("d_model", 1, maxWidth), l.count("d_ff", 1, maxWidth), l.count("matrices", 2, 3)
	s := start(box, workload.OneExpert, shape(l.text("shape"), d, f, n, 1, 1), t)
	s.Strategy = s.Strategy.As(policy.CPUAM)
	h := &s.Machine.Host
	cores := l.count("threads", 1, 1<<16)
	switch kind := l.text("dtype"); kind {
	case "bf16":
	case "fp32":
		h.ISA, s.Model.ExpertBits = host.AVX512, 32
		h.Compute, h.ComputeEfficiency = fp32Rate, fp32Share
	default:
		l.blame("dtype must be bf16 or fp32, got %q", kind)
	}
	h.Compute = h.Compute / unit.FLOPsPerSecond(h.Cores) * unit.FLOPsPerSecond(cores)
	h.Cores = cores
	return []Row{{
		Model: l.text("shape"), Strategy: fmt.Sprintf("%s, %d threads", l.text("dtype"), cores), Machine: box, Tokens: t,
		Measured: l.measured("us"), runs: []scenario.Scenario{s},
	}}
}

// The box in fp32: 16 cores x 2 GHz x 64 operations, of which 74.8 GFLOP/s a core
// are reached.
const (
	fp32Rate  = 2_048e9
	fp32Share = 0.584
)

// layer is the experts of one layer of a named model, from their counts.
func layer(l *line, machine string) scenario.Scenario {
	name := l.text("model")
	p, ok := model.Named(name)
	if !ok {
		l.blame("model %q is not known", name)
		return scenario.Default()
	}
	tokens, counts := l.count("tokens", 1, maxTokens), l.counts("tokens_per_expert")
	sum := 0
	for _, n := range counts {
		sum += n
	}
	if sum != tokens*p.Spec.TopK {
		l.blame("tokens_per_expert must add up to %d, %d of each token, got %d", tokens*p.Spec.TopK, p.Spec.TopK, sum)
	}
	s := start(machine, workload.OneLayer, p.Spec, tokens)
	s.Workload.Routing.Source = workload.Counts
	s.Workload.Routing.Counts = [][]int{counts}
	return s
}

// graphRows: layers on the device clock.
func graphRows(l *line) []Row {
	s := layer(l, box)
	name := l.text("strategy")
	switch name {
	case "ideal_loop":
	case "ideal_grouped":
		s.Machine.GPU.Experts = gpu.Grouped
	case "pm_serial":
		s.Strategy = s.Strategy.As(policy.GPUPM)
		s.Strategy.Transfer = policy.Serial
	case "pm_overlap":
		s.Strategy = s.Strategy.As(policy.GPUPM)
	default:
		l.blame("strategy %q is not known", name)
	}
	return []Row{replayed(l, s, "device_us")}
}

func replayed(l *line, s scenario.Scenario, column string) Row {
	return Row{
		Model: l.text("model"), Strategy: l.text("strategy"), Machine: box, Tokens: l.count("tokens", 1, maxTokens),
		Case: "zipf " + l.text("zipf"), Measured: l.measured(column), runs: []scenario.Scenario{s},
	}
}

// layerRows: layers as the host sees them, launched eagerly.
func layerRows(l *line) []Row {
	s := layer(l, box)
	s.Machine.GPU.Eager = true
	name := l.text("strategy")
	what := ""
	switch name {
	case "ideal":
	case "pm_serial":
		s.Strategy = s.Strategy.As(policy.GPUPM)
		s.Strategy.Transfer = policy.Serial
	case "pm_overlap":
		s.Strategy = s.Strategy.As(policy.GPUPM)
	case "am_cpu":
		s.Strategy = s.Strategy.As(policy.CPUAM)
	case "hybrid":
		hot := l.count("gpu_experts", 0, len(l.counts("tokens_per_expert")))
		s.Strategy = s.Strategy.As(policy.CPULB)
		s.Strategy.AlphaMode, s.Strategy.Alpha, s.Strategy.MinHot = policy.Fixed, 0, hot
		what = fmt.Sprintf(", %d experts on the GPU", hot)
	default:
		l.blame("strategy %q is not known", name)
	}
	r := replayed(l, s, "wall_us")
	r.Case += what
	return []Row{r}
}
