package dram_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"monde/core/dram"
	"monde/core/dram/audit"
)

// watched runs reqs, holds every command to the rules and the result to what was
// asked, and tells emit, which may be nil, of each.
func watched(t *testing.T, s dram.Spec, reqs []dram.Request, window int, emit func(dram.Command)) dram.Result {
	t.Helper()
	r, err := attempt(s, reqs, window, emit)
	if err != nil {
		t.Error(err)
	}
	return r
}

// excused returns how often s breaks rules that it is known to break.
func excused(t *testing.T, s dram.Spec, reqs []dram.Request) map[string]int {
	t.Helper()
	rules := audit.New(s)
	if _, err := dram.Run(t.Context(), s, reqs, dram.Options{Emit: rules.Command}); err != nil {
		t.Fatal(err)
	}
	if err := rules.Err(); err != nil {
		t.Error(err)
	}
	return rules.Excused()
}

// attempt does what watched does, and returns what is wrong.
func attempt(s dram.Spec, reqs []dram.Request, window int, emit func(dram.Command)) (dram.Result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	rules, ledger := audit.New(s), audit.NewLedger(s, reqs)
	r, err := dram.Run(ctx, s, reqs, dram.Options{Window: window, Emit: func(c dram.Command) {
		rules.Command(c)
		ledger.Command(c)
		if emit != nil {
			emit(c)
		}
	}})
	if err != nil {
		return r, err
	}
	return r, errors.Join(rules.Err(), ledger.Err(r))
}
