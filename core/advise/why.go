package advise

import (
	"fmt"
	"math"
	"strings"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
)

// why tells in sentences what comes first, by how much, and through what. It claims no
// difference that is within the error of those that it compares.
func why(a report.Advice, s scenario.Scenario) []string {
	if len(a.Rows) == 0 {
		return []string{"Nothing that is allowed runs within these limits."}
	}
	w := words{a, a.Objective, []string{}}
	best := a.Rows[0]
	if known(best) {
		w.first(best)
	} else {
		w.unmeasured(best)
	}
	w.ties()
	if a.Baseline > 0 {
		w.against(best, a.Rows[a.Baseline], "the baseline "+a.Rows[a.Baseline].Title)
	}
	if capacity := s.Machine.GPU.Memory; capacity > 0 {
		w.say("The first takes %s of %s of GPU memory.", amount(best.GPUMemory), amount(capacity))
	}
	if best.Outside {
		w.say("Some of the first lies outside of what was measured, where errors may be larger than those that were found.")
	}
	return w.lines
}

type words struct {
	a     report.Advice
	o     report.Objective
	lines []string
}

func (w *words) say(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// first tells of a best row whose error is known.
func (w *words) first(best report.Candidate) {
	if i := w.rival(best); i >= 0 {
		place := "comes first"
		if w.tied() > 0 {
			place = "shares the first place"
		}
		w.say("%s %s with %s, ± %s.", best.Title, place, figure(best, w.o), percent(best.Error))
		w.against(best, w.a.Rows[i], "the next that can be told apart, "+w.a.Rows[i].Title)
	} else {
		w.say("%s is in front with %s, ± %s, but nothing else that was measured can be told apart from it.", best.Title, figure(best, w.o), percent(best.Error))
	}
}

// rival returns the first row of known error that can be told apart from best; -1: none.
func (w *words) rival(best report.Candidate) int {
	for i, y := range w.a.Rows {
		if known(y) && y.Title != best.Title && apart(best, y, w.o) {
			return i
		}
	}
	return -1
}

// unmeasured tells of a best row that rests on what nobody has measured: it is first in
// the simulation only, so what is first of the rest is told too.
func (w *words) unmeasured(best report.Candidate) {
	w.say("%s comes first with %s, but only in simulation: of its %s nothing has been measured, so its error is not known and it is no proven winner.",
		best.Title, figure(best, w.o), strings.Join(best.Unknown, " and "))
	for _, y := range w.a.Rows {
		if !known(y) {
			continue
		}
		w.say("Of what rests on measurements, %s is first with %s, ± %s.", y.Title, figure(y, w.o), percent(y.Error))
		w.breakEven(best, y)
		w.against(best, y, y.Title)
		return
	}
	w.say("Nothing that rests on measurements is left to compare it with.")
}

// breakEven tells how much longer the near-data core may take than simulated before
// the lead is gone. Energy follows no such rule.
func (w *words) breakEven(best, y report.Candidate) {
	near := best.Waits[probe.NDP]
	lead := y.Latency - best.Latency
	if near == 0 || lead <= 0 || w.o == report.LeastEnergy || best.Tokens != y.Tokens {
		return
	}
	w.say("The lead of the first is gone if waits for the NDP core take %.2g times what is simulated.", 1+float64(lead)/float64(near))
}

// tied counts the rows that cannot be told apart from the first of known error.
func (w *words) tied() int {
	n := -1 // without itself
	for _, y := range w.a.Rows {
		if y.Tied {
			n++
		}
	}
	return n
}

// ties lists what cannot be told apart from the first row of known error.
func (w *words) ties() {
	var tied []string
	first := ""
	for _, y := range w.a.Rows {
		switch {
		case first == "" && y.Group == 1:
			first = y.Title
		case y.Tied:
			tied = append(tied, y.Title)
		}
	}
	if len(tied) > 0 {
		w.say("Not distinguishable from %s within the error of validation: %s.", first, strings.Join(tied, "; "))
	}
}

// against tells by how much a is before b, and which waits make the difference.
func (w *words) against(a, b report.Candidate, name string) {
	if a.Title == b.Title {
		return
	}
	if known(a) && known(b) && !apart(a, b, w.o) {
		w.say("The first is not distinguishable from %s.", name)
		return
	}
	x, y := value(a, w.o), value(b, w.o)
	sure := ""
	if !known(a) || !known(b) {
		sure = ", as simulated"
	}
	w.say("The first "+goodAt[w.o]+" %s (%s)%s%s.", y/x, name, figure(b, w.o), sure, shifts(a, b))
}

var goodAt = map[report.Objective]string{
	report.LeastLatency: "is %.3g times as fast as", report.MostThroughput: "gives %.3g times as much as", report.LeastEnergy: "is %.3g times as frugal as",
}

// shifts tells which waits shrink and which grow from b to a: those that are more than
// a twentieth of the larger latency and more than both errors.
func shifts(a, b report.Candidate) string {
	var less, more []string
	per := func(y report.Candidate, i int) float64 { return float64(y.Waits[i]) / float64(max(1, y.Tokens)) }
	whole := max(float64(a.Latency)/float64(max(1, a.Tokens)), float64(b.Latency)/float64(max(1, b.Tokens)))
	unitOf := ""
	scale := float64(max(1, a.Tokens))
	if a.Tokens != b.Tokens {
		scale, unitOf = 1, " a token"
	}
	for i := range a.Waits {
		d := per(a, i) - per(b, i)
		if math.Abs(d) < 0.05*whole || math.Abs(d) < math.Sqrt(square(per(a, i)*a.Error)+square(per(b, i)*b.Error)) {
			continue
		}
		text := span(unit.Time(math.Abs(d)*scale)) + unitOf + " "
		if d < 0 {
			less = append(less, text+"less for "+waited[i])
		} else {
			more = append(more, text+"more for "+waited[i])
		}
	}
	if len(less)+len(more) == 0 {
		return ""
	}
	return ": it waits " + strings.Join(append(less, more...), ", ")
}

func square(v float64) float64 { return v * v }
