package advise

import (
	"fmt"
	"slices"

	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
)

// A candidate is a scenario to look at.
type candidate struct {
	key, title string
	s          scenario.Scenario
	badges     []report.Badge
	given      bool
}

// candidates returns every strategy with every setting of its knobs that may be had,
// each scenario once; the scenario's own is marked, or added.
func (q *search) candidates(s scenario.Scenario) []candidate {
	own := plain(s)
	all, seen := []candidate{}, map[string]int{}
	for _, t := range strategies {
		c := candidate{key: t.key, title: t.title, s: s, badges: t.badges}
		if banned := q.banned(t.badges); banned != "" {
			q.leave(t.title, banned)
			continue
		}
		c, err := c.with(setting{patch: t.patch})
		if err != nil {
			q.leave(t.title, fault.Fields(err)[0].Reason)
			continue
		}
		for _, x := range q.mixes(c, append(slices.Clone(t.knobs), bits)) {
			key := plain(x.s)
			if _, twice := seen[key]; !twice && len(all) < maxCandidates {
				seen[key] = len(all)
				all = append(all, x)
			}
		}
	}
	if i, ok := seen[own]; ok {
		all[i].given = true
		return all
	}
	c := given(s)
	if banned := q.banned(c.badges); banned != "" {
		q.leave(c.title, banned)
		return all
	}
	return append(all, c)
}

// given returns the scenario's own strategy, which is that of the table which changes
// neither its name nor how weights move.
func given(s scenario.Scenario) candidate {
	c := candidate{key: string(s.Strategy.Name), title: string(s.Strategy.Name) + ", as given", s: s, given: true}
	for _, t := range strategies {
		p, err := s.Patched([]byte(t.patch))
		if err == nil && p.Strategy.Name == s.Strategy.Name && p.Strategy.Transfer == s.Strategy.Transfer && p.Strategy.Fetch == s.Strategy.Fetch {
			c.key, c.title, c.badges = t.key, t.title+", as given", t.badges
		}
	}
	return c
}

// plain returns what tells scenarios of one search apart.
func plain(s scenario.Scenario) string {
	s.Fidelity = scenario.Event
	return fmt.Sprint(s.Strategy, s.Model.ExpertBits, s.Workload.Batch)
}

// mixes returns c with every combination of settings.
func (q *search) mixes(c candidate, knobs []knob) []candidate {
	all := []candidate{c}
	for _, k := range knobs {
		var next []candidate
		for _, x := range all {
			for _, t := range settingsOf(k, c.s) {
				if q.banned(t.badges) != "" {
					continue
				}
				if y, err := x.with(t); err == nil {
					next = append(next, y)
				} else {
					q.leave(y.title, fault.Fields(err)[0].Reason)
				}
			}
		}
		all = next
	}
	return all
}

// with returns c with a setting.
func (c candidate) with(t setting) (candidate, error) {
	if t.title != "" {
		c.title += ", " + t.title
	}
	c.badges = slices.Concat(c.badges, t.badges)
	if t.patch == "" {
		return c, nil
	}
	s, err := c.s.Patched([]byte(t.patch))
	if err == nil {
		c.s = s
	}
	return c, err
}

// banned says which of the badges is not allowed; empty: none.
func (q *search) banned(badges []report.Badge) string {
	for _, b := range badges {
		if !slices.Contains(q.ask.Allow, b) {
			return notAllowed[b]
		}
	}
	return ""
}

var notAllowed = map[report.Badge]string{
	report.ChangesOutput: "would change the model’s output, which is not allowed",
	report.NeedsTraining: "would need fine-tuning, which is not allowed",
	report.NotSold:       "would need hardware that is not sold, which is not allowed",
	report.Secondary:     "would rest on secondary sources, which are not allowed",
}
