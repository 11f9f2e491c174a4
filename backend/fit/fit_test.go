package fit

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"testing"

	"monde/backend/validate"
	"monde/core/gpu"
)

// measured returns the rows that the program carries.
func measured(t *testing.T) []validate.Row {
	t.Helper()
	rows, err := validate.Load(validate.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// named returns a group with its rows.
func named(t *testing.T, name string) *group {
	t.Helper()
	i := slices.IndexFunc(groups[:], func(g group) bool { return g.name == name })
	if i < 0 {
		t.Fatalf("no group %q", name)
	}
	g := groups[i]
	g.take(measured(t))
	return &g
}

func quiet(int, int) {}

// Constants are fitted to what the engine would say, by a shorter way.
func TestKernelsTakeWhatTheEngineSays(t *testing.T) {
	ctx, k := t.Context(), gpu.Fitted()
	for _, g := range groups {
		if tagged(g.name) == nil || g.name == "eager" { // eager asks the engine itself
			continue
		}
		g.take(measured(t))
		rows := slices.Concat(g.fitted, g.held)
		for i := 0; i < len(rows); i += 1 + len(rows)/100 {
			short, err := kernels(ctx, &rows[i], k)
			whole, err2 := engine(ctx, &rows[i], k)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			if math.Abs(short-whole) > 1e-6 { // a picosecond
				t.Errorf("%s: %s %s %d tokens: kernels %.6f µs, engine %.6f µs", g.name, rows[i].Model, rows[i].Strategy, rows[i].Tokens, short, whole)
			}
		}
	}
}

func TestEveryTagIsAGroupThatHasRowsToFitToAndToHoldOut(t *testing.T) {
	constants := 0
	for _, g := range groups {
		g.take(measured(t))
		if len(g.fitted) == 0 || len(g.held) == 0 {
			t.Errorf("%s: %d rows to fit to, %d held out", g.name, len(g.fitted), len(g.held))
		}
		constants += len(tagged(g.name))
	}
	if want := bytes.Count(text(t, "../../core/gpu/constants.go"), []byte("`fit:")); constants != want {
		t.Errorf("%d constants are in groups, %d have a tag", constants, want)
	}
}

func text(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFittedConstantsAreWhatFittingGives(t *testing.T) {
	if testing.Short() {
		t.Skip("fits every constant")
	}
	r, err := Run(t.Context(), measured(t), gpu.Fitted(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
}

func TestTheSourceThatIsWrittenIsTheSourceThatIsThere(t *testing.T) {
	if got, want := Source(gpu.Fitted()), text(t, "../../core/gpu/fitted.go"); !bytes.Equal(got, want) {
		t.Errorf("core/gpu/fitted.go is not what `monde fit --write` would write:\n%s", got)
	}
}

// pretend replaces measurements by what constants k give.
func pretend(t *testing.T, rows []validate.Row, predict predictor, k gpu.Constants) {
	t.Helper()
	for i := range rows {
		p, err := predict(t.Context(), &rows[i], k)
		if err != nil {
			t.Fatal(err)
		}
		rows[i].Measured = p
	}
}

func TestConstantsThatMadeTheRowsAreFoundAgain(t *testing.T) {
	for name, shift := range map[string]func(*gpu.Constants){
		"loop":    func(k *gpu.Constants) { k.Loop *= 1.5 },
		"grouped": func(k *gpu.Constants) { k.Grouped *= 0.7; k.GroupedBytes *= 0.9 },
	} {
		g, truth := named(t, name), gpu.Fitted()
		shift(&truth)
		pretend(t, g.fitted, g.predict, truth)
		pretend(t, g.held, g.predict, truth)
		k := gpu.Fitted()
		r, err := g.fit(t.Context(), &k)
		if err != nil {
			t.Fatal(err)
		}
		after, err := g.errors(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		if r.Outcome != Taken || after.Fitted > 0.002 || after.Held > 0.002 {
			t.Errorf("%s: %s, error %.4f and %.4f held out", name, r.Outcome, after.Fitted, after.Held)
		}
	}
}

func TestHeldOutRowsDecideNothing(t *testing.T) {
	g, other := named(t, "loop"), gpu.Fitted()
	pretend(t, g.held, g.predict, other)
	other.Loop *= 1.5
	pretend(t, g.fitted, g.predict, other)
	k := gpu.Fitted()
	r, err := g.fit(t.Context(), &k)
	if err != nil {
		t.Fatal(err)
	}
	if r.Outcome != Taken || math.Abs(k.Loop/other.Loop-1) > 0.01 || r.Found.Held < r.Found.Fitted {
		t.Errorf("%s, Loop is %g", r.Outcome, k.Loop)
	}
}

func TestASmallGainMovesNothing(t *testing.T) {
	g, k := named(t, "loop"), gpu.Fitted()
	k.Loop *= 1.01
	before := k
	r, err := g.fit(t.Context(), &k)
	if err != nil {
		t.Fatal(err)
	}
	if r.Outcome != Small || k != before {
		t.Errorf("%s, Loop is %g", r.Outcome, k.Loop)
	}
}

func TestASearchStaysWhereConstantsCanBe(t *testing.T) {
	g, k := named(t, "grouped"), gpu.Fitted()
	for i := range g.fitted {
		g.fitted[i].Measured /= 100 // faster than the GPU is
	}
	found, err := g.search(t.Context(), k, tagged("grouped"))
	if err != nil {
		t.Fatal(err)
	}
	if found.GroupedBytes > 1 || found.GroupedFLOPs > 1 || found.Grouped <= 0 || found.GroupedSerial <= 0 {
		t.Errorf("found %+v", found)
	}
}

func TestCheckTellsOfAGroupThatMoves(t *testing.T) {
	r := Result{Groups: []Group{{Name: "a", Before: Errors{Fitted: 0.05}, After: Errors{Fitted: 0.048}}}}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	r.Groups[0].After.Fitted = 0.0465
	if r.Check() == nil {
		t.Error("0.35 points are no reason")
	}
}

func TestFittingNeedsRowsAndCanBeInterrupted(t *testing.T) {
	if _, err := Run(t.Context(), nil, gpu.Fitted(), quiet); err == nil {
		t.Error("fitted to nothing")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, measured(t), gpu.Fitted(), quiet); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
