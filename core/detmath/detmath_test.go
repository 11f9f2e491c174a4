package detmath_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"monde/core/detmath"
	"monde/core/rng"
)

// ulps returns how many representable numbers lie between a and b, which must
// have the same sign.
func ulps(a, b float64) int64 {
	d := int64(math.Float64bits(a)) - int64(math.Float64bits(b))
	return max(d, -d)
}

// Subnormal arguments and results near the overflow are left to the next test:
// package math's assembly for amd64 is wrong there.
func TestEdgesOfExpLogAndPowAreThoseOfPackageMath(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	edges := []float64{0, 1, 2, 0.5, 1e-307, 1e308, math.MaxFloat64, 700, 710, -745, -746, inf, -inf, nan}
	same := func(f string, x, got, want float64) {
		t.Helper()
		if math.IsNaN(got) && math.IsNaN(want) || got == want || ulps(got, want) <= 2 {
			return
		}
		t.Errorf("%s at %g is %g, want %g", f, x, got, want)
	}
	for _, x := range edges {
		same("Exp", x, detmath.Exp(x), math.Exp(x))
		same("Log", x, detmath.Log(x), math.Log(x))
		for _, y := range edges {
			if x >= 0 {
				same("Pow", x, detmath.Pow(x, y), math.Pow(x, y))
			}
		}
	}
}

// Values to 20 digits from Python's decimal module.
func TestKnownValues(t *testing.T) {
	known := []struct {
		name      string
		got, want float64
	}{
		{"ln 1e-320", detmath.Log(1e-320), -736.82724089097390615},
		{"ln 2", detmath.Log(2), 0.69314718055994530942},
		{"e", detmath.Exp(1), 2.7182818284590452354},
		{"e^709.78", detmath.Exp(709.78), 1.7928227943945156209e308},
		{"128^-0.86", detmath.Pow(128, -0.86), 0.015409886007708738073},
		{"1.0000001^1e9", detmath.Pow(1.0000001, 1e9), 2.6881038582144646055e43},
	}
	for _, k := range known {
		if math.Abs(k.got/k.want-1) > 4e-16 {
			t.Errorf("%s is %.20g, want %.20g", k.name, k.got, k.want)
		}
	}
}

func TestExpIsWithinTwoUlpsOfPackageMath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-708, 709).Draw(t, "x")
		if got, want := detmath.Exp(x), math.Exp(x); ulps(got, want) > 2 {
			t.Errorf("Exp(%v) is %v, want %v", x, got, want)
		}
	})
}

func TestLogIsWithinTwoUlpsOfPackageMath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(1e-307, math.MaxFloat64).Draw(t, "x")
		if got, want := detmath.Log(x), math.Log(x); got != want && ulps(got, want) > 2 {
			t.Errorf("Log(%v) is %v, want %v", x, got, want)
		}
	})
}

func TestLogInvertsExp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		if got := detmath.Log(detmath.Exp(x)); math.Abs(got-x) > 1e-15+math.Abs(x)*1e-15 {
			t.Errorf("Log(Exp(%v)) is %v", x, got)
		}
	})
}

// An integer power is also a product; each factor adds at most half an ulp.
func TestIntegerPowersAreProducts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(0.5, 4).Draw(t, "x")
		n := rapid.IntRange(1, 12).Draw(t, "n")
		want := 1.0
		for range n {
			want *= x
		}
		if got := detmath.Pow(x, float64(n)); ulps(got, want) > 2+int64(n) {
			t.Errorf("Pow(%v, %d) is %v, want %v", x, n, got, want)
		}
	})
}

func TestHalfPowersAreSquareRoots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(1e-300, 1e300).Draw(t, "x")
		if got, want := detmath.Pow(x, 0.5), math.Sqrt(x); ulps(got, want) > 2 {
			t.Errorf("Pow(%v, 0.5) is %v, want %v", x, got, want)
		}
	})
}

func moments(n int, draw func() float64) (mean, variance float64) {
	var sum, squares float64
	for range n {
		x := draw()
		sum += x
		squares += x * x
	}
	mean = sum / float64(n)
	return mean, squares/float64(n) - mean*mean
}

// Bounds are five standard errors of 200,000 draws, at most.
func TestNormalHasMeanZeroAndVarianceOne(t *testing.T) {
	r := rng.Stream(1, "normal")
	mean, variance := moments(200_000, func() float64 { return detmath.Normal(r) })
	if math.Abs(mean) > 0.012 || math.Abs(variance-1) > 0.02 {
		t.Errorf("mean %g, variance %g", mean, variance)
	}
}

func TestGammaHasMeanAndVarianceAlpha(t *testing.T) {
	for _, alpha := range []float64{0.05, 0.5, 1, 2.6, 24} {
		r := rng.Stream(1, "gamma")
		mean, variance := moments(200_000, func() float64 { return detmath.Gamma(r, alpha) })
		if math.Abs(mean/alpha-1) > 0.06 || math.Abs(variance/alpha-1) > 0.15 {
			t.Errorf("alpha %g: mean %g, variance %g", alpha, mean, variance)
		}
	}
}

func TestGammaLogStaysFiniteWhereGammaUnderflows(t *testing.T) {
	r := rng.Stream(1, "gamma")
	for range 1000 {
		if l := detmath.GammaLog(r, 1e-9); math.IsNaN(l) || math.IsInf(l, 0) {
			t.Fatalf("drew %g", l)
		}
	}
}

func BenchmarkExp(b *testing.B) {
	x := 0.3
	for b.Loop() {
		x = 1 / detmath.Exp(x)
	}
}

func BenchmarkLog(b *testing.B) {
	x := 3.0
	for b.Loop() {
		x = 3 + detmath.Log(x)
	}
}

func BenchmarkPow(b *testing.B) {
	x := 3.0
	for b.Loop() {
		x = 1 + detmath.Pow(x, -1.2)
	}
}
