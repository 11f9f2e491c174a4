package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"monde/core/gpu"
	"monde/core/report"
	"monde/core/scenario"
)

func TestEveryNamedGPUBringsASourceForEachOfItsNumbers(t *testing.T) {
	for _, p := range gpu.Presets() {
		s := decode(t, fmt.Sprintf(`{"machine":{"gpu":%q}}`, p.Name))
		if s.Machine.GPU != p.Spec {
			t.Errorf("%s is not the GPU of that name", p.Name)
		}
		cited := map[string]bool{}
		for _, x := range s.Sources() {
			if strings.HasPrefix(x.Path, "machine.gpu.") {
				cited[x.Path] = x.Text != "" && x.Value != "" && x.Kind != report.User
			}
		}
		for path := range scenario.Leaves("machine", s.Machine) {
			said := strings.HasSuffix(path, ".name") || strings.HasSuffix(path, ".eager")
			if strings.HasPrefix(path, "machine.gpu.") && !said && !cited[path] {
				t.Errorf("%s: %s has no source", p.Name, path)
			}
		}
	}
}

func TestOnlyTheMeasuredGPUSaysThatItsEfficienciesAreItsOwn(t *testing.T) {
	for _, p := range gpu.Presets() {
		for _, x := range decode(t, fmt.Sprintf(`{"machine":{"gpu":%q}}`, p.Name)).Sources() {
			if x.Path == "machine.gpu.bandwidth_efficiency" && (x.Kind == report.Fitted) != p.Fitted {
				t.Errorf("%s: %+v", p.Name, x)
			}
		}
	}
}
