package driver

import (
	"errors"
	"slices"
	"strings"

	"monde/core/fault"
)

// paths are the names that the packages below have for parts of a scenario.
var paths = [...][2]string{
	{"device", "machine.device"},
	{"to_device", "machine.link"},
	{"from_device", "machine.link"},
	{"d_model", "model.d_model"},
	{"d_ff", "model.expert_ff"},
	{"bits", "model.expert_bits"},
	{"poll_ps", "poll"},
}

// inScenario returns err with the paths of a scenario, each fault once. What is no
// fault stays as it is.
func inScenario(err error) error {
	if !fault.Is(err) {
		return err
	}
	var seen []fault.Field
	var all []error
	for _, f := range fault.Fields(err) {
		for _, p := range paths {
			if rest, ok := strings.CutPrefix(f.Path, p[0]); ok && (rest == "" || rest[0] == '.') {
				f.Path = p[1] + rest
				break
			}
		}
		if !slices.Contains(seen, f) {
			seen, all = append(seen, f), append(all, &f)
		}
	}
	return errors.Join(all...)
}
