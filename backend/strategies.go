package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"monde/core/policy"
	"monde/core/report"
	"monde/core/scenario"

	"monde/backend/text"
)

// strategies lists every system: what it does, whose it is, what it asks of its user, and
// each parameter that it sets over GPU+PM's.
func strategies(c *console) error {
	usual := scenario.Leaves("strategy", scenario.Default().Strategy.As(policy.GPUPM))
	for _, x := range policy.Systems() {
		if _, err := fmt.Fprintf(c.out, "%s  (%s)\n  %s\n", x.Name, x.Source, x.Text); err != nil {
			return err
		}
		own := scenario.Leaves("strategy", scenario.Default().Strategy.As(x.Name))
		var set []string
		for _, path := range slices.Sorted(maps.Keys(own)) {
			if own[path] != usual[path] && path != "strategy.name" {
				set = append(set, strings.TrimPrefix(path, "strategy.")+" "+own[path])
			}
		}
		if len(set) > 0 {
			if _, err := fmt.Fprintf(c.out, "  sets: %s\n", strings.Join(set, ", ")); err != nil {
				return err
			}
		}
		for _, b := range x.Badges {
			if _, err := fmt.Fprintf(c.out, "  %s\n", text.Badge(report.Badge(b))); err != nil {
				return err
			}
		}
	}
	return nil
}
