package functional_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/functional"
	"monde/core/device/isa"
	"monde/core/device/memory"
	"monde/core/rng"
)

// fatal is what tests of both kinds have.
type fatal interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// shape is an expert's, and what else a test draws.
type shape struct {
	model, inner int
	gated        bool
	format       isa.Format
	upBits       int
	downBits     int
	group        int
}

func shapes() *rapid.Generator[shape] {
	bits := rapid.SampledFrom([]int{16, 16, 8, 4, 3, 2, 1})
	return rapid.Custom(func(t *rapid.T) shape {
		return shape{
			rapid.IntRange(1, 70).Draw(t, "model"), rapid.IntRange(1, 70).Draw(t, "inner"),
			rapid.Bool().Draw(t, "gated"), rapid.SampledFrom(formats).Draw(t, "format"),
			bits.Draw(t, "up bits"), bits.Draw(t, "down bits"), 16 << rapid.IntRange(0, 2).Draw(t, "group"),
		}
	})
}

// uniform returns n numbers from -1 to 1.
func uniform(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 2*r.Float32() - 1
	}
	return v
}

func (s shape) matrix(t fatal, r *rand.Rand, k, n, bits int) functional.Matrix {
	t.Helper()
	l := isa.Weights{K: k, N: n, Format: s.format, Bits: bits}
	if bits < 16 {
		l.Group = s.group
	}
	m, err := functional.NewMatrix(l, uniform(r, k*n))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (s shape) expert(t fatal, r *rand.Rand) functional.Expert {
	t.Helper()
	var e functional.Expert
	if s.gated {
		e.Gate = s.matrix(t, r, s.model, s.inner, s.upBits)
	}
	e.Up = s.matrix(t, r, s.model, s.inner, s.upBits)
	e.Down = s.matrix(t, r, s.inner, s.model, s.downBits)
	if err := e.Validate(); err != nil {
		t.Fatal(err)
	}
	return e
}

func (s shape) tokens(r *rand.Rand, n int) functional.Tensor {
	return functional.Rounded(s.format, n, s.model, uniform(r, n*s.model))
}

// cores of any size, over memories of any layout.
func cores() *rapid.Generator[functional.Core] {
	return rapid.Custom(func(t *rapid.T) functional.Core {
		return functional.Core{
			Rows: rapid.IntRange(1, 5).Draw(t, "rows"), Cols: rapid.IntRange(1, 40).Draw(t, "cols"), Depth: 16 * rapid.IntRange(1, 4).Draw(t, "depth"),
		}
	})
}

func layouts() *rapid.Generator[memory.Layout] {
	return rapid.Custom(func(t *rapid.T) memory.Layout {
		order := rapid.SampledFrom([]memory.Order{memory.SeqBG, memory.SeqRow, "bank|row|column|rank|bankgroup|channel|offset"})
		g := memory.Geometry{
			Channels: rapid.IntRange(1, 3).Draw(t, "channels"), Ranks: 1, BankGroups: rapid.IntRange(1, 4).Draw(t, "groups"),
			Banks: rapid.IntRange(2, 4).Draw(t, "banks"), Rows: 4096, Columns: 8, Burst: 32,
		}
		return memory.Layout{Geometry: g, Weights: order.Draw(t, "weights"), Activations: order.Draw(t, "activations"), ActivationBanks: rapid.IntRange(0, 1).Draw(t, "own banks")}
	})
}

// small is a device for tests that do not care which.
var (
	smallCore   = functional.Core{Rows: 4, Cols: 16, Depth: 32}
	smallLayout = memory.Layout{
		Geometry: memory.Geometry{Channels: 2, Ranks: 1, BankGroups: 4, Banks: 4, Rows: 1024, Columns: 64, Burst: 32},
		Weights:  memory.SeqBG, Activations: memory.SeqRow, ActivationBanks: 1,
	}
)

func ndp(t fatal, l memory.Layout, c functional.Core, experts ...functional.Expert) *functional.NDP {
	t.Helper()
	n, err := functional.NewNDP(functional.NewDevice(l, c))
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range experts {
		if err := n.Load(i, e); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// everywhere returns the three executors of experts.
func everywhere(t fatal, experts ...functional.Expert) map[string]functional.Executor {
	t.Helper()
	return map[string]functional.Executor{
		"cpu": functional.NewCPU(experts), "gpu": functional.NewGPU(experts), "ndp": ndp(t, smallLayout, smallCore, experts...),
	}
}

// plain is a matrix of 16 bits, output by output.
func plain(t testing.TB, f isa.Format, k int, values ...float32) functional.Matrix {
	t.Helper()
	m, err := functional.NewMatrix(isa.Weights{K: k, N: len(values) / k, Format: f, Bits: 16}, values)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func stream(t *rapid.T) *rand.Rand { return rng.Stream(rapid.Uint64().Draw(t, "seed"), "functional") }
