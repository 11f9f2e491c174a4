package policy

import (
	"slices"

	"monde/core/policy/predict"
	"monde/core/policy/replace"
)

// Badge warns of what a composition needs or changes.
type Badge string

// Badges.
const (
	ChangesOutput Badge = "output"    // the model answers otherwise
	NeedsTuning   Badge = "training"  // the model must be trained for it
	NotSold       Badge = "hardware"  // it needs hardware that nobody sells
	Secondary     Badge = "secondary" // known from others' notes, not from its paper
)

// A System is a composition of the axes by name.
type System struct {
	Name   Name
	Title  string // a line for people
	Text   string // what it does, a sentence or two
	Source string // the paper
	Badges []Badge
	over   func(*Spec)
}

const mondeSource = "MoNDE, DAC 2024, doi 10.1145/3649329.3655951"

// systems is every composition: what each sets, over a strategy without caches,
// predictions or other precisions. A row is all that a system takes.
var systems = []System{
	{Ideal, "Ideal", "Every expert in GPU memory, however large: no transfer at all.", mondeSource, nil,
		axes(InGPU, Fetched)},
	{GPUPM, "GPU+PM", "Weights of active experts cross the link to the GPU.", mondeSource, nil,
		axes(InMemory, Fetched)},
	{CPUAM, "CPU+AM", "Activations go to the host, whose CPU computes every expert.", mondeSource, nil,
		axes(OnHost, AtHome)},
	{CPULB, "CPU+LB", "The busiest experts move to the GPU, the CPU computes the rest, both at once.", mondeSource, nil,
		axes(OnHost, Balanced)},
	{MDAM, "MD+AM", "Activations go to the memory device, which computes every expert near its weights.", mondeSource, []Badge{NotSold},
		axes(OnDevice, AtHome)},
	{MDLB, "MD+LB (MoNDE)", "The busiest experts move to the GPU, the rest stay on the device, both at once.", mondeSource, []Badge{NotSold},
		axes(OnDevice, Balanced)},

	{"Pre-gated MoE", "Pre-gated MoE", "A block's gate chooses for the next block, whose experts move meanwhile; the model is tuned for it.", "ISCA 2024, arXiv 2308.12066",
		[]Badge{ChangesOutput, NeedsTuning, Secondary},
		func(s *Spec) { s.Home, s.Transfer = InMemory, Ahead }},
	{"ZeRO-Inference", "ZeRO-Inference", "Every expert of every layer streams to the GPU, whether a token comes or not, while the layer before computes.", "DeepSpeed, MII", nil,
		func(s *Spec) { s.Home, s.Transfer, s.Fetch = InMemory, Ahead, Every }},
	{"Mixtral-offloading", "Mixtral-offloading", "Each layer caches its last experts; the next layer's gate, tried on this one's state, says what to fetch.", "arXiv 2312.17238", nil,
		func(s *Spec) {
			s.Home = OnHost
			s.cache(replace.LRU, replace.PerLayer)
			s.guess(predict.SkipGate, 1, 1)
		}},
	{"MoE-Infinity", "MoE-Infinity", "Requests are matched to activations of past ones, which say what to fetch and what to keep.", "arXiv 2401.14361", []Badge{Secondary},
		func(s *Spec) {
			s.Home = OnHost
			s.cache(replace.Activation, replace.Model)
			s.guess(predict.Activation, 1, 1)
		}},
	{"FineMoE", "FineMoE", "The experts of a pass so far are matched to maps of past ones, which say what to fetch; frequent ones stay.", "EuroSys 2026, arXiv 2502.05370", []Badge{Secondary},
		func(s *Spec) {
			s.Home = OnHost
			s.cache(replace.LFU, replace.Model)
			s.guess(predict.Trajectory, 3, 1)
		}},
	{"ProMoE", "ProMoE", "A learned predictor, copies in chunks that give way, and cached experts first.", "arXiv 2410.22134", nil,
		func(s *Spec) {
			s.Home, s.First = OnHost, Readiest
			s.cache(replace.LRU, replace.PerLayer)
			s.guess(predict.Learned, 2, 3)
		}},
	{"HOBBIT", "HOBBIT", "On a miss, an unimportant expert comes as a low-bit twin or not at all; stacked gates predict.", "arXiv 2411.01433", []Badge{ChangesOutput},
		func(s *Spec) {
			s.Home, s.Precision.Twins = OnHost, true
			s.cache(replace.Hobbit, replace.Model)
			s.Cache.LowCost = 0.25 // INT4 of FP16
			s.guess(predict.SkipGate, 1, 1)
		}},
	{"MoE-APEX", "MoE-APEX", "HOBBIT with 2-bit twins, a cache that weighs the cost of a miss, and copies that stop at once.", "ASPLOS 2026, arXiv 2411.01433", []Badge{ChangesOutput},
		func(s *Spec) {
			s.Home, s.Precision.Twins, s.Precision.LowBits = OnHost, true, 2
			s.cache(replace.LCU, replace.Model)
			s.guess(predict.SkipGate, 1, 3)
		}},
	{"EdgeMoE", "EdgeMoE", "Experts on flash, unimportant ones in fewer bits; paths of past tokens say what to read, and how far away a layer is, what to drop.", "arXiv 2308.14352", []Badge{ChangesOutput},
		func(s *Spec) {
			s.Home = OnFlash
			s.Precision.LowBits, s.Precision.Fixed = 4, 0.5
			s.cache(replace.EdgeMoE, replace.Model)
			s.guess(predict.Path, 1, 1)
		}},
	{"Expert Buffering", "Expert Buffering", "GPU memory keeps a few experts; those inactive in the batch leave first, then the last that came.", "Towards MoE Deployment, arXiv 2303.06182", nil,
		func(s *Spec) { s.Home, s.First = OnHost, ByID; s.cache(replace.LIFO, replace.PerLayer) }},
	{"Fiddler", "Fiddler", "Popular experts stay on the GPU; of the others each goes where it is done sooner.", "ICLR 2025, arXiv 2402.07033", nil,
		func(s *Spec) {
			s.Home, s.Missed = OnHost, Cheaper
			s.cache(replace.Static, replace.PerLayer)
			s.Cache.Warm = true
		}},
	{"KTransformers", "KTransformers", "The CPU computes routed experts, some of them beside the next layer.", "SOSP 2025", []Badge{ChangesOutput},
		func(s *Spec) { s.Home, s.Missed, s.Deferred = OnHost, AtHome, 3 }},
	{"HybriMoE", "HybriMoE", "GPU, CPU and link are filled as three timelines; gate scores say what to keep.", "DAC 2025", nil,
		func(s *Spec) {
			s.Home, s.Missed = OnHost, Timelines
			s.cache(replace.MRS, replace.PerLayer)
			s.guess(predict.SkipGate, 1, 1)
		}},
	{"llama.cpp", "llama.cpp --n-cpu-moe", "Experts of the first layers stay with the CPU, those of the others on the GPU.", "ggml-org/llama.cpp, PR 15077", nil,
		func(s *Spec) { s.Home, s.Missed, s.Held = OnHost, AtHome, 1 }},
	{"Klotski", "Klotski", "Several batches use a layer's weights before the next layer's come; the busiest come first.", "ASPLOS 2025, arXiv 2502.06888", nil,
		func(s *Spec) {
			s.Home, s.Batching.Micro = OnHost, 8
			s.cache(replace.LRU, replace.PerLayer)
			s.guess(predict.Popularity, 1, 3)
		}},
	{"MoE-Lightning", "MoE-Lightning", "All weights stream while many small batches pass; the CPU attends to cached keys and values beside the GPU.", "ASPLOS 2025, arXiv 2411.11217", []Badge{Secondary},
		func(s *Spec) { // 14 micro-batches: N 504 of 36 on a T4
			s.Home, s.Transfer, s.Fetch, s.Attention, s.Batching.Micro = OnHost, Ahead, Every, AttendCPU, 14
		}},
	{"DAOP", "DAOP", "The prompt decides which experts the GPU keeps; the CPU computes the others, a layer early in the paper.", "DATE 2025, arXiv 2501.10375", []Badge{ChangesOutput, Secondary},
		func(s *Spec) {
			s.Home, s.Missed, s.CachePrompt = OnHost, AtHome, true
			s.cache(replace.Static, replace.PerLayer)
		}},
	{"DynaNDE", "DynaNDE", "MoNDE's split, searched layer by layer, beside a cache of what saves most time.", "DynaNDE-Simulator, 2025", []Badge{NotSold, Secondary},
		func(s *Spec) {
			s.Home, s.Missed, s.AlphaMode = OnDevice, Balanced, Exact
			s.cache(replace.Benefit, replace.PerLayer)
		}},
	{"Duplex", "Duplex", "NDP in the GPU's own memory stacks: experts with few tokens go to the logic die, busy ones to the GPU, both at once.", "MICRO 2024, arXiv 2409.01141", []Badge{NotSold, Secondary},
		func(s *Spec) { s.Home, s.Missed, s.AlphaMode = InStack, Balanced, Exact }},
	{"CXL-NDP", "Context-aware CXL-NDP", "What a prompt asks for most moves to the GPU once, whole; the rest is computed in place, in 3 bits.", "arXiv 2512.04476", []Badge{NotSold, ChangesOutput},
		func(s *Spec) { // 4 of Mixtral-8x7B's 8 experts
			s.Home, s.Missed, s.CachePrompt = OnDevice, AtHome, true
			s.Precision = Precision{Twins: true, LowBits: 3, Low: 1}
			s.cache(replace.Static, replace.PerLayer)
			s.CacheShare = 0.5
		}},
}

// Badges returns what s asks of its user: what its composition does, and what its axes do
// that a user has changed.
func (s Spec) Badges() []Badge {
	x, _ := Named(s.Name)
	all := slices.Clone(x.Badges)
	add := func(b Badge, of bool) {
		if of && !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	add(ChangesOutput, s.Precision.Lowers() || s.Deferred > 0 || s.Batching.Capacity > 0 || s.Predictor.Name == predict.PreGate)
	add(NeedsTuning, s.Predictor.Name == predict.PreGate)
	add(NotSold, s.NearData())
	return all
}

func axes(h Home, m Missed) func(*Spec) {
	return func(s *Spec) { s.Home, s.Missed = h, m }
}

// cache gives s a cache of a quarter of all experts.
func (s *Spec) cache(n replace.Name, scope replace.Scope) {
	s.Cache.Name, s.Cache.Scope, s.CacheShare = n, scope, 0.25
}

// guess gives s a predictor, so many layers ahead, and copies in so many chunks.
func (s *Spec) guess(n predict.Name, distance, chunks int) {
	s.Predictor.Name, s.Predictor.Distance, s.Prefetch.Chunks = n, distance, chunks
}

// plain returns s without anything that a composition decides.
func (s Spec) plain() Spec {
	s.Home, s.Missed, s.Transfer, s.Fetch = InMemory, Fetched, Overlap, Active
	s.Precision, s.First, s.Deferred, s.Held, s.CacheShare, s.CacheFills, s.CachePrompt = DefaultPrecision(), Busiest, 0, 0, 0, false, false
	s.Cache, s.Predictor = replace.Default(), predict.Default()
	s.Cache.Name, s.Prefetch, s.Batching, s.Attention = replace.NoCache, Prefetch{Chunks: 1}, Batching{Micro: 1}, AttendGPU
	return s
}

// Systems returns every composition, the paper's first.
func Systems() []System { return slices.Clone(systems) }

// Names returns the name of every composition.
func Names() []Name {
	var names []Name
	for _, x := range systems {
		names = append(names, x.Name)
	}
	return names
}

// Named returns the composition of that name.
func Named(n Name) (System, bool) {
	for _, x := range systems {
		if x.Name == n {
			return x, true
		}
	}
	return System{}, false
}

// As returns the composition of that name, with the parameters of s that none decides:
// staging, and how H is found.
func (s Spec) As(n Name) Spec {
	s = s.plain()
	if x, ok := Named(n); ok {
		x.over(&s)
	}
	s.Name = n
	return s
}

// Usual reports whether a system is the paper's, or one of its baselines.
func (x System) Usual() bool { return x.Source == mondeSource }
