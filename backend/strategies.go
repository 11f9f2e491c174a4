package main

import (
	"encoding/json"
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
	usual := leavesOf(scenario.Default().Strategy.As(policy.GPUPM))
	for _, x := range policy.Systems() {
		if _, err := fmt.Fprintf(c.out, "%s  (%s)\n  %s\n", x.Name, x.Source, x.Text); err != nil {
			return err
		}
		own := leavesOf(scenario.Default().Strategy.As(x.Name))
		var set []string
		for _, path := range slices.Sorted(maps.Keys(own)) {
			if own[path] != usual[path] && path != "name" {
				set = append(set, path+" "+own[path])
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

// leavesOf returns every parameter of s by its path.
func leavesOf(s policy.Spec) map[string]string {
	doc, err := json.Marshal(s)
	var all map[string]any
	if err == nil {
		err = json.Unmarshal(doc, &all)
	}
	if err != nil {
		panic("monde: bug: " + err.Error())
	}
	flat := map[string]string{}
	for key, v := range all {
		if part, ok := v.(map[string]any); ok {
			for sub, x := range part {
				flat[key+"."+sub] = fmt.Sprint(x)
			}
			continue
		}
		flat[key] = fmt.Sprint(v)
	}
	return flat
}
