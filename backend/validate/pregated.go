package validate

import (
	"fmt"
	"strconv"
	"strings"

	"monde/core/gpu"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// offload is the machine of data/pregated.
const offload = "a100-fp32"

// card is its GPU, as the files have it.
const card = "NVIDIA A100-SXM4-80GB"

// columns of these files are model/strategy, with /CPU behind it where the experts'
// home is said.
type column struct{ name, model, strategy string }

func (l *line) columns() []column {
	var all []column
	for _, head := range l.t.head {
		if strings.Contains(head, "/") {
			model, strategy, _ := strings.Cut(strings.TrimSuffix(head, "/CPU"), "/")
			all = append(all, column{head, model, strategy})
		}
	}
	if gpu := l.text("GPU"); gpu != "" && gpu != card {
		l.blame("GPU %q is not known, only %q is", gpu, card)
	}
	if ratio := l.text("cache ratio"); ratio != "" && ratio != "0" {
		l.blame("cache ratio %q is not modelled: no expert stays in GPU memory", ratio)
	}
	return all
}

// each returns the rows of all columns. A mistake in a column is of its row alone.
func (l *line) each(row func(*line, column) Row) []Row {
	var rows []Row
	for _, c := range l.columns() {
		own := *l
		r := row(&own, c)
		if r.Problem == "" {
			r.Problem = own.wrong
		}
		rows = append(rows, r)
	}
	return rows
}

// switchModel is Switch-Base with so many experts, or Switch-Large-128, in fp32.
func (l *line) switchModel(name string) model.Spec {
	p, _ := model.Named("switch-base-128")
	size, ok := strings.CutPrefix(name, "switch-base-")
	n, err := strconv.Atoi(size)
	if name == "switch-large-128" {
		p, _ = model.Named(name)
		n, ok, err = 128, true, nil
	}
	if !ok || err != nil || n < 1 || n > 1<<14 {
		l.blame("model %q is not known", name)
		n = 8
	}
	m := p.Spec
	m.Name, m.Experts, m.WeightBits, m.ExpertBits = name, n, 32, 32
	return m
}

// offloaded is a whole model on the box, decoding, under the strategy of a column.
func (l *line) offloaded(c column, batch int) scenario.Scenario {
	s := start(offload, workload.WholeModel, l.switchModel(c.model), 256)
	s.Machine.GPU.Experts = gpu.Grouped
	s.Workload.Phase, s.Workload.Batch, s.Workload.OutputTokens = workload.Decoder, batch, 32
	s.Strategy = s.Strategy.As(policy.GPUPM)
	s.Strategy.Transfer = policy.Ahead
	switch c.strategy {
	case "GPU-only":
		s.Strategy = s.Strategy.As(policy.Ideal)
	case "DeepSpeed":
		s.Strategy.Transfer = policy.Block
	case "SE-MoE":
		s.Strategy.Fetch = policy.Every
	case "Pre-gated":
	default:
		l.blame("strategy %q is not known", c.strategy)
	}
	return s
}

// routed gives s tokens of skewed popularity: the files do not say which experts were
// active, so the skew of each model is set by one row, OnDemand at batch 8.
func routed(s *scenario.Scenario) {
	skew := map[int]float64{8: 2.6, 16: 1.4, 32: 1.92, 64: 2.26, 128: 2.34, 256: 1.56}
	s.Workload.Routing.Source, s.Workload.Routing.Exponent = workload.Zipf, 2
	if x, ok := skew[s.Model.Experts]; ok {
		s.Workload.Routing.Exponent = x
	}
}

// moeBlock is the mean time of the decoder's blocks with experts.
func moeBlock(y report.Report) float64 {
	return overMoE(y, func(l report.Layer) unit.Time { return l.Time })
}

// moeBound is the least that they could take.
func moeBound(y report.Report) float64 {
	return overMoE(y, func(l report.Layer) unit.Time { return l.Bound })
}

func overMoE(y report.Report, of func(report.Layer) unit.Time) float64 {
	var time, passes float64
	for _, l := range y.Layers {
		if len(l.Tokens) > 0 {
			time += microseconds(of(l))
			passes += float64(l.Passes)
		}
	}
	return time / max(1, passes)
}

func (l *line) offloadRow(c column, batch int, s scenario.Scenario, scale float64) Row {
	return Row{
		Model: c.model, Strategy: c.strategy, Machine: offload, Tokens: batch, Case: fmt.Sprintf("batch %d", batch),
		Measured: scale * l.measured(c.name), runs: []scenario.Scenario{s}, value: moeBlock, bound: moeBound,
	}
}

// blockRows: milliseconds of a decoder block with experts.
func blockRows(l *line) []Row {
	batch := l.count("bs", 1, 1<<16)
	return l.each(func(l *line, c column) Row {
		s := l.offloaded(c, batch)
		routed(&s)
		if l.text(c.name) == "0.0" {
			l.blame("was not measured: it did not fit")
		}
		return l.offloadRow(c, batch, s, 1000)
	})
}

// activeRows: the same with so many active experts.
func activeRows(l *line) []Row {
	batch := l.count("bs", 1, 1<<16)
	active := l.count("active experts", 1, batch)
	return l.each(func(l *line, c column) Row {
		s := l.offloaded(c, batch)
		if active > s.Model.Experts {
			l.blame("active experts must be at most those of %s, got %d", c.model, active)
		}
		s.Workload.Routing.Source = workload.Counts
		counts := make([]int, active)
		for i := range batch {
			counts[i%len(counts)]++
		}
		s.Workload.Routing.Counts = [][]int{counts}
		r := l.offloadRow(c, batch, s, 1000)
		r.Case = fmt.Sprintf("%d active", active)
		return r
	})
}

// throughputRows: tokens a second, 256 tokens in and out.
func throughputRows(l *line) []Row {
	batch := l.count("bs", 1, 1<<16)
	return l.each(func(l *line, c column) Row {
		s := l.offloaded(c, batch)
		s.Workload.Phase = workload.Generate
		routed(&s)
		s.Workload.OutputTokens = 256
		r := l.offloadRow(c, batch, s, 1)
		r.Unit = "tokens/s"
		r.value = func(y report.Report) float64 { return float64(batch) * 256 / y.Latency.Seconds() }
		return r
	})
}

// most is how many experts of a block were active at once: the authors' own counts,
// by batch and experts. Others are taken for the next larger batch.
var most = map[int]map[int]int{
	1:  {8: 1, 64: 1, 256: 1},
	8:  {8: 4, 64: 8, 256: 8},
	16: {8: 6, 64: 12, 256: 15},
}

// active returns most, or for a batch or a model that is not in it as many as could be.
func active(batch, experts int) int {
	if n, ok := most[batch][experts]; ok {
		return n
	}
	return min(batch, experts)
}

// memoryRows: the peak of GPU memory. The measured programs loaded the experts of the
// decoder only.
func memoryRows(l *line) []Row {
	batch := l.count("bs", 1, 1<<16)
	return l.each(func(l *line, c column) Row {
		s := l.offloaded(c, batch)
		s.Workload.Phase, s.Workload.OutputTokens = workload.Generate, 256
		routed(&s)
		s.Workload.OutputTokens = 256
		s.Model.Encoder.MoEStep = 0
		held := active(batch, s.Model.Experts)
		switch c.strategy {
		case "Pre-gated":
			held *= 2
		case "SE-MoE":
			held = 2 * s.Model.Experts
		}
		s.Strategy.Staging = max(2, held)
		s.Fidelity = scenario.Analytic // memory is the same at every fidelity
		r := l.offloadRow(c, batch, s, 1)
		r.Unit, r.value = "bytes", func(y report.Report) float64 { return float64(y.Memory[0].Used) }
		return r
	})
}
