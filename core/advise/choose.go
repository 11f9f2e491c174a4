package advise

import (
	"monde/core/internal/order"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/unit"
)

// Bounds of a search in time.
const (
	steps  = 8    // decoding steps of a first look; their mean stands for the rest
	budget = 4000 // milliseconds that the finalists may take natively, about, beside the best of each strategy
)

// slack is how far beyond a limit closed forms may be for discrete events to decide.
const slack = 1.3

// shortened returns c with few decoding steps.
func shortened(c candidate) candidate {
	c.s.Workload.OutputTokens = min(c.s.Workload.OutputTokens, steps)
	return c
}

// stretched returns a row of shortened(c) as that of c would be, about: for choosing
// finalists, never for showing.
func stretched(y report.Candidate, c candidate, r report.Report) report.Candidate {
	w := c.s.Workload
	if r.TPOT == nil || w.OutputTokens <= steps {
		return y
	}
	more := w.OutputTokens - steps
	y.Latency += unit.Time(more) * y.TPOT
	y.Tokens += int64(more * w.Batch)
	y.TokensPerSecond = float64(y.Tokens) / max(y.Latency.Seconds(), 1e-12)
	return y
}

// sorted puts the best first, those within the limits before all others.
func (q *search) sorted(all []tried) {
	order.By(all, func(a, b tried) bool {
		x, y := missed(a.row, q.ask, slack) == "", missed(b.row, q.ask, slack) == ""
		if x != y {
			return x
		}
		return better(a.row, b.row, q.ask.Objective)
	})
}

// grown returns the best of every strategy with larger batches.
func (q *search) grown(all []tried) []candidate {
	q.sorted(all)
	var larger []candidate
	seen := map[string]bool{}
	for _, t := range all {
		if seen[t.key] {
			continue
		}
		seen[t.key] = true
		for _, by := range batches {
			c, err := t.candidate.with(sized(t.s, by))
			if c.given = false; err == nil {
				larger = append(larger, c)
			}
		}
	}
	return larger
}

// choose returns what to look at more closely: the best of every strategy, the
// baseline, the scenario's own, then the best of the rest.
func (q *search) choose(all []tried) []tried {
	q.sorted(all)
	var best, rest []tried
	seen := map[string]bool{}
	for _, t := range all {
		if !seen[t.key] || t.given || t.title == usualTitle {
			best = append(best, t)
		} else {
			rest = append(rest, t)
		}
		seen[t.key] = true
	}
	cost := 0.0
	for _, t := range rest {
		if cost += estimate(t.s); len(best) >= finalists || cost > budget {
			q.leave(t.title, "others are better at a first look")
			continue
		}
		best = append(best, t)
	}
	return best
}

func estimate(s scenario.Scenario) float64 {
	s.Fidelity = scenario.Event
	return system.Estimate(s)
}

// thinned leaves out rows that are no better at anything than another setting of the
// same strategy: beyond the scenario's own and the baseline they only repeat it.
func (q *search) thinned(rows []report.Candidate) []report.Candidate {
	kept := []report.Candidate{}
	for i, y := range rows {
		if !y.Given && y.Title != usualTitle && q.repeats(rows, i) {
			q.leave(y.Title, "no better at anything than another setting of the same strategy")
			continue
		}
		kept = append(kept, y)
	}
	return kept
}

// repeats reports whether another row of the same strategy is as good as rows[i] at
// everything, to a thousandth; of two alike, the first stays.
func (q *search) repeats(rows []report.Candidate, i int) bool {
	for j, x := range rows {
		if j != i && x.Key == rows[i].Key && asGood(x, rows[i]) && (j < i || !asGood(rows[i], x)) && asked(x, rows[i]) {
			return true
		}
	}
	return false
}

// asGood reports whether a is at worst a thousandth worse than b at everything.
func asGood(a, b report.Candidate) bool {
	x, y := goals(a), goals(b)
	for i := range x {
		if x[i] > y[i]+0.001*max(y[i], -y[i]) {
			return false
		}
	}
	return true
}

// asked reports whether a asks for nothing that b does not.
func asked(a, b report.Candidate) bool { return len(a.Badges) <= len(b.Badges) }
