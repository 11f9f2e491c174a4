package validate

import (
	"context"
	"testing"
)

func TestQuick(t *testing.T) {
	r, err := Run(context.Background(), Embedded(), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Sets {
		if s.Model == All {
			t.Logf("%-32s %-20s %-10s fit=%-5v n=%4d mean %5.1f med %5.1f p90 %5.1f worst %5.0f bias %5.1f roof %5.1f problems %d", s.Name, s.Strategy, s.Machine, s.Fitted, s.Rows, 100*s.Mean, 100*s.Median, 100*s.P90, 100*s.Worst, 100*s.Bias, 100*s.Roofline, s.Problems)
		}
	}
	for _, r := range r.Rows {
		if r.Problem != "" {
			t.Log(r.Set, r.Model, r.Strategy, r.Tokens, r.Problem)
			break
		}
	}
}
