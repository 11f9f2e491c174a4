package system

import (
	"slices"

	"monde/core/internal/order"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// newLayers returns the layers of a run, in the order that they first run.
func newLayers(s scenario.Scenario, p plan) []report.Layer {
	m := s.Model
	if s.Workload.Scope.Partial() {
		stack := p.at(0).stack
		return []report.Layer{newLayer(m, stackName(p.pair, p.at(0).route.Encoder), stack.MoEFirst, true)}
	}
	var layers []report.Layer
	for n := range min(2, p.passes()) { // an input pass and a step show every stack
		q := p.at(n)
		if q.first < len(layers) {
			continue
		}
		for i := range q.stack.Blocks {
			layers = append(layers, newLayer(m, stackName(p.pair, q.route.Encoder), i, q.stack.MoE(i)))
		}
	}
	return layers
}

func stackName(pair, encoder bool) string {
	if pair && encoder {
		return "encoder"
	}
	return "decoder"
}

func newLayer(m model.Spec, stack string, block int, moe bool) report.Layer {
	l := report.Layer{
		Stack: stack, Block: block, MoE: moe,
		Critical: make([]unit.Time, probe.Resources), Busy: make([]unit.Time, probe.Resources),
	}
	if moe {
		l.Tokens, l.Hot = make([]int64, m.Experts), make([]int64, m.Experts)
	}
	return l
}

// finish fills what follows from the totals.
func (r *run) finish() {
	y := r.report
	if y.Latency > 0 {
		y.TokensPerSecond = float64(y.Tokens) / y.Latency.Seconds()
	}
	y.TPOT = steps(r.tally.steps)
	y.Spans = r.tally.hash
	y.Memory = memory(r.s, r.plan)
	ideal := r.s
	ideal.Strategy = ideal.Strategy.As(policy.Ideal)
	y.FitsGPU = memory(ideal, r.plan)[0].Fits
	y.Energy = energy(r.s, y)
	y.Cache = r.cached()
	y.Placement = r.placement()
	y.Provenance = r.s.Sources()
	y.Warnings = r.warnings()
}

// steps summarises decoding steps; nil if there were none. Quantiles are the
// empirical ones: times that really occurred.
func steps(times []unit.Time) *report.Steps {
	if len(times) == 0 {
		return nil
	}
	var total unit.Time
	for _, t := range times {
		total += t
	}
	sorted := slices.Clone(times)
	order.By(sorted, func(a, b unit.Time) bool { return a < b })
	return &report.Steps{
		Count: len(times), Mean: total / unit.Time(len(times)),
		P50: quantile(sorted, 50), P99: quantile(sorted, 99), Worst: sorted[len(sorted)-1],
	}
}

// quantile returns the least value that is no less than percent of all: gonum's
// stat.Quantile with stat.Empirical, to which a test holds it. The library itself
// would add 0.3 MB to what a browser loads first.
func quantile(sorted []unit.Time, percent int) unit.Time {
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(rank, 1)-1]
}

// memory says what each memory must hold; of several GPUs, the one that holds most.
func memory(s scenario.Scenario, p plan) []report.Pool { return toHost(s, pools(s, p)) }

// pools is memory with the key-value cache on the GPU.
func pools(s scenario.Scenario, p plan) []report.Pool {
	m, w := s.Model, s.Workload
	gpu := []report.Item{
		{Name: "weights outside experts", Bytes: m.OtherBytes()},
		{Name: "activations", Bytes: activations(m, w, p, s.Each(w.Batch)*s.Strategy.Batching.Micro)},
	}
	if kept := s.Machine.GPU.Reserved + unit.Bytes(s.Each(m.Experts))*s.Machine.GPU.ReservedEach; kept > 0 {
		gpu = append(gpu, report.Item{Name: "framework", Bytes: kept})
	}
	gpu = append(gpu, cacheItems(s)...)
	if held := heldBytes(s); held > 0 {
		gpu = append(gpu, report.Item{Name: "experts held", Bytes: held})
	}
	switch {
	case s.Strategy.HasAll():
		gpu = append(gpu, report.Item{Name: "experts", Bytes: unit.Bytes(m.MoEBlocks()*s.Each(m.Experts)) * m.ExpertBytes()})
	case s.Strategy.Moves():
		gpu = append(gpu, report.Item{Name: "experts in transit", Bytes: unit.Bytes(s.Strategy.Staging) * m.ExpertBytes()})
	}
	pools := []report.Pool{pool("gpu", s.Machine.GPU.Memory, withCache(s, p, gpu))}
	experts := []report.Item{{Name: "experts", Bytes: m.AllExpertBytes() - heldBytes(s)}}
	if x, n := s.Strategy.Precision, m.AllExpertBytes()/m.ExpertBytes(); x.Lowers() {
		few := unit.Bytes(float64(n) * x.Fixed)
		experts[0].Bytes = (n - few) * m.ExpertBytes()
		if x.Twins {
			few = n
		}
		experts = append(experts, report.Item{Name: "twins", Bytes: few * twinBytes(s)})
	}
	switch {
	case s.Strategy.HasAll():
		return pools
	case s.Strategy.Home == policy.OnFlash:
		transit := unit.Bytes(s.Strategy.Staging) * m.ExpertBytes()
		if s.Strategy.Splits() {
			transit *= 2 // on their way to the GPU, and to the CPU
		}
		return append(pools, pool("host", s.Machine.Host.Memory, []report.Item{{Name: "experts in transit", Bytes: transit}}), pool("flash", s.Machine.Flash.Memory, experts))
	case s.Machine.Device.Count > 0 && !s.Machine.Device.Stacked && s.Strategy.Home != policy.OnHost:
		return append(pools, pool("device", unit.Bytes(s.Machine.Device.Count)*s.Machine.Device.Memory, experts))
	default:
		return append(pools, pool("host", s.Machine.Host.Memory, experts))
	}
}

// twinBytes returns what a twin of an expert takes.
func twinBytes(s scenario.Scenario) unit.Bytes {
	m := s.Model
	m.ExpertBits = min(m.ExpertBits, s.Strategy.Precision.LowBits)
	return m.ExpertBytes()
}

// heldBytes returns what the experts of held blocks take, of every stack.
func heldBytes(s scenario.Scenario) unit.Bytes {
	if s.Strategy.HasAll() {
		return 0
	}
	var blocks int
	for _, stack := range []model.Stack{s.Model.Encoder, s.Model.Decoder} {
		blocks += min(s.Strategy.Held, stack.MoEBlocks())
	}
	return unit.Bytes(blocks) * unit.Bytes(s.Model.Experts) * s.Model.ExpertBytes()
}

func pool(name string, capacity unit.Bytes, items []report.Item) report.Pool {
	p := report.Pool{Name: name, Capacity: capacity, Items: items}
	for _, i := range items {
		p.Used += i.Bytes
	}
	p.Fits = p.Used <= p.Capacity
	return p
}

// activations is the largest pass: each token's residual, normed copy and
// widest intermediate.
func activations(m model.Spec, w workload.Spec, p plan, sequences int) unit.Bytes {
	tokens := sequences
	if p.input {
		tokens *= w.InputTokens
	}
	wide := max(m.DFF, m.ExpertFF*m.TopK, m.Heads*m.HeadDim)
	return unit.Bytes(tokens) * unit.Bytes(2*m.DModel+wide) * m.ActivationBytes()
}

// energy adds power over busy time; a memory device is powered throughout, and each of
// several GPUs as long as the one that is waited for.
func energy(s scenario.Scenario, y *report.Report) []report.Energy {
	m := s.Machine
	busy := func(r probe.Resource) unit.Time { return y.Resources[r].Busy }
	parts := []report.Energy{
		{Name: "gpu", Energy: (unit.Power(max(1, m.GPUs)) * m.GPU.Power).Over(busy(probe.GPU))},
		{Name: "cpu", Energy: m.Host.Power.Over(busy(probe.CPU))},
	}
	if !m.Flash.None() {
		parts = append(parts, report.Energy{Name: "flash", Energy: m.Flash.Power.Over(busy(probe.Flash))})
	}
	if m.Device.Count > 0 {
		parts = append(parts,
			report.Energy{Name: "device", Energy: unit.Energy(m.Device.Count) * m.Device.Power.Over(y.Latency)},
			report.Energy{Name: "ndp", Energy: m.Device.NDP.Power.Over(busy(probe.NDP))})
	}
	return parts
}
