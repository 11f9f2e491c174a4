package trust_test

import (
	"slices"
	"strings"
	"testing"

	"monde/core/gpu"
	"monde/core/policy"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/trust"
	"monde/core/workload"
)

func of(t *testing.T, doc string) []report.Evidence {
	t.Helper()
	s, err := scenario.Decode([]byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return trust.Of(s, s.Sources())
}

// part returns the part of that name; it fails if there is none.
func part(t *testing.T, all []report.Evidence, name string) report.Evidence {
	t.Helper()
	i := slices.IndexFunc(all, func(e report.Evidence) bool { return e.Name == name })
	if i < 0 {
		t.Fatalf("no part %q in %v", name, all)
	}
	return all[i]
}

// measured is a layer like one that was measured on the H100 box.
const measured = `{"machine":"h100-box","model":"mixtral-8x7b","workload":{"scope":"moe_layer","batch":1,"input_tokens":256},"strategy":"GPU+PM"}`

func TestARunLikeWhatWasMeasuredIsNotExtrapolated(t *testing.T) {
	for _, e := range of(t, measured) {
		if len(e.Outside) > 0 || e.Kind != report.Fitted || e.Rows == 0 || e.Median <= 0 || e.P90 < e.Median || e.Worst < e.P90 {
			t.Errorf("%+v", e)
		}
	}
}

func TestWhatDiffersFromTheMeasurementsIsNamed(t *testing.T) {
	for doc, want := range map[string][3]string{
		strings.Replace(measured, `"h100-box"`, `{"base":"h100-box","gpu":"l4"}`, 1):                             {"experts on the GPU", "derived", "NVIDIA L4; measured was NVIDIA H100 80GB HBM3"},
		strings.Replace(measured, `"h100-box"`, `{"base":"h100-box","link":"pcie3_x16"}`, 1):                     {"moving weights", "derived", "PCIe 3 x16; measured was PCIe 5 x16"},
		strings.Replace(measured, `"h100-box"`, `{"base":"h100-box","gpu":{"sms":10}}`, 1):                       {"experts on the GPU", "fitted", "machine.gpu.sms is not what was measured"},
		strings.Replace(measured, `"mixtral-8x7b"`, `{"base":"mixtral-8x7b","d_model":20000}`, 1):                {"moving weights", "fitted", "model.d_model 20000; measured was "},
		strings.Replace(measured, `256`, `99999`, 1):                                                             {"moving weights", "fitted", "tokens in a pass 99999; measured was "},
		`{"model":"mixtral-8x7b","strategy":"CPU+AM","machine":{"base":"h100-box","host":{"name":"a toaster"}}}`: {"experts on the CPU", "derived", "a toaster; measured was "},
	} {
		e := part(t, of(t, doc), want[0])
		if string(e.Kind) != want[1] || !slices.ContainsFunc(e.Outside, func(why string) bool { return strings.HasPrefix(why, want[2]) }) {
			t.Errorf("%s: %s is %s, outside for %q", doc, e.Name, e.Kind, e.Outside)
		}
	}
}

func TestNothingNearTheDataHasBeenMeasured(t *testing.T) {
	e := part(t, of(t, `{}`), "experts near the data")
	if e.Kind != report.Simulated || e.Set != "" || len(e.Outside) != 1 || !strings.Contains(e.Outside[0], "no NDP expert execution has been measured anywhere") {
		t.Errorf("%+v", e)
	}
}

func TestTheNearestSetIsOfTheSameKernelAndStrategy(t *testing.T) {
	for doc, want := range map[string]string{
		`{"machine":"h100-box","model":"mixtral-8x7b","strategy":"Ideal"}`:                                                      "experts on the GPU: h100/graph_layers ideal_grouped h100-box",
		`{"machine":{"base":"h100-box","gpu":{"base":"a100_sxm","experts":"fused"}},"model":"mixtral-8x7b","strategy":"Ideal"}`: "experts on the GPU: gpu_moe/moe_kernels  a100_sxm",
		`{"machine":{"base":"h100-box","gpu":{"eager":true}},"model":"mixtral-8x7b","strategy":"Ideal"}`:                        "experts on the GPU: h100/layers ideal h100-box",
		`{"machine":"h100-box","model":"mixtral-8x7b","strategy":{"name":"GPU+PM","transfer":"serial"}}`:                        "moving weights: h100/graph_layers pm_serial h100-box",
		`{"machine":"a100-fp32","model":"switch-base-128","strategy":{"transfer":"ahead"}}`:                                     "moving weights: pregated/block_lats Pre-gated a100-fp32",
		`{"machine":"a100-fp32","model":"switch-base-128","strategy":{"transfer":"block","fetch":"all"}}`:                       "moving weights: pregated/block_lats SE-MoE a100-fp32",
		`{"machine":"h100-box","model":"mixtral-8x7b","strategy":"CPU+LB"}`:                                                     "experts on the CPU: h100/layers hybrid h100-box",
		`{"machine":"h100-box","model":"mixtral-8x7b","workload":{"scope":"attention"}}`:                                        "attention: h100/dense prefill graph h100-box",
		`{"machine":"h100-box","model":"mixtral-8x7b","workload":{"scope":"transfer"}}`:                                         "the transfer: h100/link h2d_host_visible h100-box",
	} {
		name, set, _ := strings.Cut(want, ": ")
		if e := part(t, of(t, doc), name); e.Set+" "+e.Strategy+" "+e.Machine != set {
			t.Errorf("%s: nearest is %q %q %q, want %s", doc, e.Set, e.Strategy, e.Machine, set)
		}
	}
}

// A part that finds no set would be said to be measured by nobody.
func TestEveryPartButThoseNobodyMeasuredHasASet(t *testing.T) {
	unmeasured := []string{"experts near the data", "reads from flash", "exchanges between GPUs", "attention on the CPU"}
	s := scenario.Default()
	for _, m := range scenario.MachinePresets() {
		for _, name := range policy.Names() {
			for _, style := range []gpu.Style{gpu.Looped, gpu.Grouped, gpu.Fused} {
				for _, phase := range []workload.Phase{workload.Encoder, workload.Decoder, workload.Generate} {
					s.Machine, s.Strategy, s.Workload.Phase = m.Machine, s.Strategy.As(name), phase
					s.Machine.GPU.Experts = style
					for _, e := range trust.Of(s, nil) {
						if without := slices.Contains(unmeasured, e.Name); (e.Set == "") != without {
							t.Errorf("%s, %s, %s: %s has set %q", m.Machine.Name, name, style, e.Name, e.Set)
						}
					}
				}
			}
		}
	}
}
