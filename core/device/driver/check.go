package driver

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"monde/core/device/functional"
	"monde/core/device/isa"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/rng"
)

// Check is what came of computing one small MoE layer in several places.
type Check struct {
	DModel  int             `json:"d_model"`
	DFF     int             `json:"d_ff"`
	Gated   bool            `json:"gated"`
	Bits    int             `json:"bits"`  // a weight
	Group   int             `json:"group"` // weights a scale; 0 with 16 bits
	Experts int             `json:"experts"`
	TopK    int             `json:"top_k"`
	Tokens  int             `json:"tokens"`
	Format  string          `json:"format"` // of activations
	Seed    uint64          `json:"seed"`
	Core    functional.Core `json:"core"`
	Places  []Place         `json:"places"`
	Digest  string          `json:"digest"`        // FNV-1a of the outputs of the first place, the same on every target
	Largest Error           `json:"largest_error"` // against float64
	Nearest float64         `json:"nearest_bound"` // the largest share of its bound that any output is off by
}

// Place is one way to share the experts out.
type Place struct {
	Name    string `json:"name"`
	Outputs int    `json:"outputs"`
	Differ  int    `json:"differ"` // outputs with other bits than in the first place
}

// Error is how far one output is off.
type Error struct {
	Token  int     `json:"token"`
	Output int     `json:"output"`
	Got    float64 `json:"got"`
	Want   float64 `json:"want"`
	Off    float64 `json:"off"`
	Bound  float64 `json:"bound"` // that is derived for this output
}

// Err returns nil if every place gave the same bits, within the bound.
func (c *Check) Err() error {
	for _, p := range c.Places {
		if p.Differ > 0 {
			return fmt.Errorf("driver: %d of %d outputs differ with experts %s", p.Differ, p.Outputs, p.Name)
		}
	}
	if !(c.Nearest <= 1) {
		return fmt.Errorf("driver: an output is off by %v of its bound", c.Nearest)
	}
	return nil
}

// The layer of a check, at most: what takes a moment to compute.
const (
	checkedExperts = 8
	checkedTopK    = 2
	checkedTokens  = 16
)

// reduced returns a sixteenth of a size, but 64 to most, and no more than it is.
func reduced(size, most int) int { return min(size, max(64, min(most, size/16))) }

// scene is a layer to compute: its numbers, and who computes it.
type scene struct {
	experts []functional.Expert
	x       functional.Tensor
	routes  [][]functional.Choice
	gpu     functional.GPU
	cpu     functional.CPU
	ndp     *functional.NDP
}

// check computes a layer everywhere.
func (s Spec) check(stop fault.Stop, w coding) (Check, error) {
	w.up.K, w.up.N = reduced(w.up.K, 256), reduced(w.up.N, 512)
	w.down.K, w.down.N = w.up.N, w.up.K
	c := Check{
		DModel: w.up.K, DFF: w.up.N, Gated: w.gated, Bits: w.up.Bits, Group: w.up.Group, Format: w.up.Format.String(), Seed: s.Seed,
		Experts: min(checkedExperts, s.Model.Experts), Tokens: checkedTokens, Core: small(s.Device.NDP, w.up.N),
	}
	c.TopK = min(checkedTopK, c.Experts)
	v, err := s.scene(w, c)
	if err != nil {
		return c, err
	}
	var first functional.Tensor
	for i, p := range v.places() {
		if err := stop.Err(); err != nil {
			return c, err
		}
		y, err := functional.Layer(v.x, v.routes, p.where)
		if err != nil {
			return c, err
		}
		if i == 0 {
			first = y
		}
		c.Places = append(c.Places, Place{p.name, len(y.Elements), differ(first, y)})
	}
	c.Digest = digest(first)
	c.against(v.reference(), first)
	return c, nil
}

// small returns the tiles of a core, cut down to what a small layer can fill.
func small(s ndp.Spec, outputs int) functional.Core {
	wide := int64(s.Arrays) * int64(s.Cols)
	chunk := int64(s.Buffers().Weights) / 2 / (wide * int64(isa.Element)) // rows of K in a half of the buffer
	return functional.Core{
		Rows: min(s.Rows, checkedTokens), Cols: int(min(wide, int64(outputs))), Depth: int(max(16, min(chunk, 256)/16*16)),
	}
}

// scene draws the numbers of c, and loads the experts into a device.
func (s Spec) scene(w coding, c Check) (scene, error) {
	var v scene
	r := rng.Stream(s.Seed, "device check")
	for range c.Experts {
		e, err := w.expert(r)
		if err != nil {
			return v, err
		}
		v.experts = append(v.experts, e)
	}
	v.x = functional.Rounded(w.up.Format, c.Tokens, c.DModel, uniform(r, c.Tokens*c.DModel, 1))
	for range c.Tokens {
		v.routes = append(v.routes, choose(r, c.Experts, c.TopK))
	}
	v.gpu, v.cpu = functional.NewGPU(v.experts), functional.NewCPU(v.experts)
	d, err := describe(s.Device)
	if err != nil {
		return v, err
	}
	if v.ndp, err = functional.NewNDP(functional.NewDevice(d.Layout, c.Core)); err != nil {
		return v, err
	}
	for i, e := range v.experts {
		if err := v.ndp.Load(i, e); err != nil {
			return v, err
		}
	}
	return v, nil
}

// expert draws one whose outputs are about as large as its inputs.
func (c coding) expert(r *rand.Rand) (functional.Expert, error) {
	var err error
	draw := func(l isa.Weights) functional.Matrix {
		m, e := functional.NewMatrix(l, uniform(r, l.N*l.K, math.Sqrt(3/float64(l.K))))
		if err == nil {
			err = e
		}
		return m
	}
	var e functional.Expert
	if c.gated {
		e.Gate = draw(c.up)
	}
	e.Up, e.Down = draw(c.up), draw(c.down)
	return e, err
}

// uniform draws n numbers from -size to size.
func uniform(r *rand.Rand, n int, size float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(size * (2*r.Float64() - 1))
	}
	return v
}

// choose draws k of n experts, those of low number the more often, and gate weights
// that sum to about 1.
func choose(r *rand.Rand, n, k int) []functional.Choice {
	list := make([]functional.Choice, 0, k)
	left := float32(1)
	for i, taken := 0, make([]bool, n); i < k; {
		u := r.Float64()
		e := int(u * u * float64(n))
		if taken[e] {
			continue
		}
		taken[e] = true
		i++
		gate := left
		if i < k {
			gate = left * (0.5 + r.Float32()/2)
		}
		left -= gate
		list = append(list, functional.Choice{Expert: e, Gate: gate})
	}
	return list
}

// place is a name, and who computes each expert.
type place struct {
	name  string
	where []functional.Executor
}

// places returns every way in which v is computed.
func (v *scene) places() []place {
	n := len(v.experts)
	by := func(of func(e int) functional.Executor) []functional.Executor {
		list := make([]functional.Executor, n)
		for e := range list {
			list[e] = of(e)
		}
		return list
	}
	turns := [...]functional.Executor{v.gpu, v.cpu, v.ndp}
	half := func(low, high functional.Executor) []functional.Executor {
		return by(func(e int) functional.Executor {
			if e < (n+1)/2 {
				return low
			}
			return high
		})
	}
	return []place{
		{"on the GPU", half(v.gpu, v.gpu)},
		{"on the CPU", half(v.cpu, v.cpu)},
		{"near the data", half(v.ndp, v.ndp)},
		{"busy on the GPU, others near the data", half(v.gpu, v.ndp)},
		{"busy near the data, others on the CPU", half(v.ndp, v.cpu)},
		{"in turn on GPU, CPU and near the data", by(func(e int) functional.Executor { return turns[e%3] })},
	}
}

// differ returns how many elements of a and b have other bits.
func differ(a, b functional.Tensor) int {
	n := 0
	for i := range a.Elements {
		if a.Elements[i] != b.Elements[i] {
			n++
		}
	}
	return n
}

func digest(t functional.Tensor) string {
	h := fnv.New64a()
	for _, e := range t.Elements {
		_, _ = h.Write([]byte{byte(e), byte(e >> 8)}) // a hash.Hash never fails
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// against compares y with what it should be.
func (c *Check) against(want []vector, y functional.Tensor) {
	for t, row := range want {
		for i, v := range row.value {
			e := Error{t, i, float64(y.At(t, i)), v, 0, row.bound[i]}
			e.Off = math.Abs(e.Got - v)
			if !(e.Off <= c.Largest.Off) || t == 0 && i == 0 {
				c.Largest = e
			}
			if share := e.Off / e.Bound; !(share <= c.Nearest) {
				c.Nearest = share
			}
		}
	}
}
