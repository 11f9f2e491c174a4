package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/parquet-go/parquet-go"
	"go.uber.org/goleak"

	"monde/backend/export"
	"monde/core"
	"monde/core/scenario"
	"monde/core/sweep"
)

// sweepOf is a sweep of n small points.
func sweepOf(t testing.TB, n int) sweepJob {
	t.Helper()
	base, err := scenario.Decode([]byte(`{"workload": {"scope": "moe_layer", "batch": 1, "input_tokens": 16}, "fidelity": "analytic"}`))
	if err != nil {
		t.Fatal(err)
	}
	j := sweepJob{base: base, spec: sweep.Spec{Method: sweep.Random, Points: n, Axes: []sweep.Axis{{Path: "seed", From: 1, To: 1e9}}}}
	if j.plan, err = j.spec.Plan(base); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestRowsComeInOrderWhateverTheWorkers(t *testing.T) {
	defer goleak.VerifyNone(t)
	j := sweepOf(t, 700)
	for _, workers := range []int{1, 2, 7} {
		next := 0
		err := here(workers)(context.Background(), j, func(rows []sweep.Row) error {
			for _, r := range rows {
				if r.Index != next || r.Result == nil {
					return fmt.Errorf("row %d comes as %d: %+v", r.Index, next, r)
				}
				next++
			}
			return nil
		}, func(int) {})
		if err != nil || next != 700 {
			t.Errorf("%d workers: %d rows: %v", workers, next, err)
		}
	}
}

func TestAnInterruptLeavesAWholeFile(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	j := sweepOf(t, 1_000_000)
	var b bytes.Buffer
	w, err := export.New(export.Parquet, &b, j.spec.Axes)
	if err != nil {
		t.Fatal(err)
	}
	took := 0
	err = here(2)(ctx, j, func(rows []sweep.Row) error {
		if took += len(rows); took > 300 {
			cancel()
		}
		return w.Write(rows)
	}, func(int) {})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ends with %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || file.NumRows() != int64(took) {
		t.Errorf("took %d rows: %v", took, err)
	}
}

func TestAFullDiskEndsASweep(t *testing.T) {
	defer goleak.VerifyNone(t)
	full := errors.New("no space left on device")
	calls := 0
	err := here(2)(context.Background(), sweepOf(t, 100_000), func([]sweep.Row) error { calls++; return full }, func(int) {})
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}

func TestAxesAreReadAsTheyAreWritten(t *testing.T) {
	check := func(text, want string) {
		t.Helper()
		a, err := axisOf(text)
		got := fmt.Sprintf("%s %v %v %v %v %q", a.Path, a.Values, a.From, a.To, a.Steps, a.Scale)
		if got != want || err != nil {
			t.Errorf("%s: %s: %v, want %s", text, got, err, want)
		}
	}
	check("workload.batch=1,2, 4", `workload.batch [1 2 4] 0 0 0 ""`)
	check("strategy.name=MD+LB,GPU+PM", `strategy.name [MD+LB GPU+PM] 0 0 0 ""`)
	check("x=16e9..128e9:8:log", `x [] 1.6e+10 1.28e+11 8 "log"`)
	check("x=0.5..2:log", `x [] 0.5 2 0 "log"`)
	check("x=-1..1:3:linear", `x [] -1 1 3 "linear"`)
	check("x=..2", `x [..2] 0 0 0 ""`)
	check("x=true,.5,nan", `x [true 0.5 nan] 0 0 0 ""`)
	if v := valueOf(`"3"`); v != sweep.Name("3") {
		t.Errorf("a number in quotes is %v", v)
	}
}

// What a sweep adds to the runs of its points.
func BenchmarkSweep(b *testing.B) {
	j := sweepOf(b, 2000)
	b.Run("run", func(b *testing.B) {
		for b.Loop() {
			for i := range j.plan.Len() {
				s, _ := j.plan.Scenario(i)
				if _, err := core.Point(b.Context(), s); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint("workers ", workers), func(b *testing.B) {
			for b.Loop() {
				if err := here(workers)(b.Context(), j, func([]sweep.Row) error { return nil }, func(int) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
