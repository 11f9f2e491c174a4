package scenario_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/policy"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/workload"
)

func decode(t *testing.T, doc string) scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode([]byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return s
}

func TestNothingIsTheDefaultScenario(t *testing.T) {
	if got := decode(t, `{}`); !reflect.DeepEqual(got, scenario.Default()) {
		t.Errorf("got %+v", got)
	}
}

func TestPresetsOverlayAndDefaultsCombine(t *testing.T) {
	s := decode(t, `{"model":{"base":"qwen3-30b-a3b","top_k":4},"machine":"h100-monde","strategy":"MD+AM","workload":{"batch":2}}`)
	if s.Model.TopK != 4 || s.Model.Experts != 128 || s.Machine.Name != "h100-monde" || s.Strategy.Name != policy.MDAM {
		t.Errorf("got %+v", s)
	}
	if s.Workload.Phase != workload.Prefill || s.Workload.InputTokens != 512 {
		t.Errorf("a decoder-only model got the workload %+v", s.Workload)
	}
}

func TestAModelWrittenOutChoosesItsOwnPhase(t *testing.T) {
	s := decode(t, `{"model":{"encoder":{"blocks":0}}}`)
	if s.Workload.Phase != workload.Prefill {
		t.Errorf("a model without encoder got phase %q", s.Workload.Phase)
	}
}

func TestAMachineWithoutADeviceChoosesAStrategyThatItCanRun(t *testing.T) {
	if s := decode(t, `{"machine":"h100-box"}`); s.Strategy.Name != policy.GPUPM {
		t.Errorf("got strategy %q", s.Strategy.Name)
	}
	if s := decode(t, `{"machine":"h100-monde","strategy":{"alpha":2}}`); s.Strategy.Name != policy.MDLB {
		t.Errorf("got strategy %q", s.Strategy.Name)
	}
}

func TestAHuggingFaceConfigStandsForAModel(t *testing.T) {
	s := decode(t, `{"model":{"config":{"model_type":"olmoe","hidden_size":2048,"intermediate_size":1024,"vocab_size":50304,
		"num_attention_heads":16,"num_hidden_layers":16,"num_experts":64,"num_experts_per_tok":8},"name":"OLMoE"}}`)
	if s.Model.Name != "OLMoE" || s.Model.Experts != 64 || s.Model.TopK != 8 {
		t.Errorf("got %+v", s.Model)
	}
}

func TestEveryMistakeIsReportedWithItsPath(t *testing.T) {
	for doc, want := range map[string]string{
		`{"model":"gpt-5"}`:                          "model",
		`{"model":{"base":7}}`:                       "model.base",
		`{"machine":"abacus"}`:                       "machine",
		`{"model":{"config":{}}}`:                    "model.config.model_type",
		`{"workload":{"batch":"four"}}`:              "workload.batch",
		`{"workload":{"batch":0,"input_tokens":-1}}`: "workload.batch workload.input_tokens",
		`{"machine":{"base":"h100-box","link":{"latency_ps":-5}},"strategy":"GPU+PM"}`: "machine.link.latency_ps",
		`{"machine":"h100-box","strategy":"MD+AM"}`:                                    "machine.device.count",
		`{"strategy":{"name":"magic"}}`:                                                "strategy.name",
		`{"workload":{"routing":{"source":"zipf","exponent":-1}}}`:                     "workload.routing.exponent",
		`{"wrkload":{},"seed":1.5}`:                                                    "seed wrkload",
		`{"seed":9007199254740993}`:                                                    "seed",
		`{"version":2}`:                                                                "version",
		`[]`:                                                                           "",
		`{"workload":[]}`:                                                              "workload",
		`{"workload":{"phase":"decode"}}`:                                              "workload.phase",
	} {
		_, err := scenario.Decode([]byte(doc))
		var paths []string
		for _, f := range fault.Fields(err) {
			paths = append(paths, f.Path)
		}
		if got := strings.Join(paths, " "); err == nil || got != want {
			t.Errorf("%s: faults at %q, want %q (%v)", doc, got, want, err)
		}
	}
}

func TestShortAndFullFormsDecodeToTheSameScenario(t *testing.T) {
	docs := []string{
		`{}`, `{"model":"mixtral-8x7b","strategy":"Ideal"}`,
		`{"machine":{"base":"h100-monde","gpu":{"memory_bytes":24e9}},"title":"Umlaut ü"}`,
		`{"model":{"name":"mine","d_model":512}}`,
		`{"machine":"h100-box"}`, `{"machine":"h100-box","strategy":"Ideal"}`,
		`{"machine":"dgx1-v100"}`, `{"machine":{"base":"dgx1-v100","gpus":1},"strategy":"GPU+PM"}`, `{"machine":{"base":"a100-pair","gpus":1,"peer":{"name":"","bandwidth_bytes_per_s":0,"efficiency":0,"latency_ps":0}}}`,
		`{"machine":{"base":"h100-box","gpus":4,"peer":"nvlink4"},"strategy":{"name":"Ideal","placement":"greedy"}}`,
		`{"workload":{"phase":"generate","routing":{"source":"counts","counts":[[1,2],[3]]},"batch":1}}`,
	}
	for _, p := range scenario.Presets() {
		docs = append(docs, string(p.Scenario.Full()))
	}
	for _, doc := range docs {
		s := decode(t, doc)
		if again := decode(t, string(s.Short())); !reflect.DeepEqual(again, s) {
			t.Errorf("%s\nshort form %s\ndecodes to %+v", doc, s.Short(), again)
		}
		if again := decode(t, string(s.Full())); !reflect.DeepEqual(again, s) {
			t.Errorf("%s: the full form decodes to %+v", doc, again)
		}
	}
	for _, p := range scenario.Presets() {
		if again := decode(t, string(p.Scenario.Resolved().Full())); !reflect.DeepEqual(again, p.Scenario) {
			t.Errorf("%s: with its defaults, it decodes to %+v", p.Name, again)
		}
		if again := decode(t, string(p.Scenario.Outline())); !reflect.DeepEqual(again, p.Scenario) {
			t.Errorf("%s: its outline %s decodes to %+v", p.Name, p.Scenario.Outline(), again)
		}
	}
	if got := string(decode(t, `{"machine":"monde-a100"}`).Short()); got != `{}` {
		t.Errorf("the default scenario is %s in short, want {}", got)
	}
}

func TestEveryNumberOfAMachineHasASource(t *testing.T) {
	for _, p := range scenario.MachinePresets() {
		s := scenario.Default()
		s.Machine = p.Machine
		cited := map[string]bool{}
		for _, x := range p.Sources {
			if x.Text == "" || x.Kind == "" {
				t.Errorf("%s: %s has an empty source", p.Machine.Name, x.Path)
			}
			cited[x.Path] = true
		}
		for path := range scenario.Leaves("machine", p.Machine) {
			named := strings.HasSuffix(path, ".name") || strings.HasSuffix(path, ".eager")
			absent := p.Machine.Device.Count == 0 && strings.HasPrefix(path, "machine.device.") && path != "machine.device.count" ||
				p.Machine.Flash.None() && strings.HasPrefix(path, "machine.flash.")
			if !named && !absent && !cited[path] {
				t.Errorf("%s: %s has no source", p.Machine.Name, path)
			}
			delete(cited, path)
		}
		for path := range cited {
			t.Errorf("%s: a source for %s, which does not exist", p.Machine.Name, path)
		}
	}
}

func TestAChangedNumberIsTheUsers(t *testing.T) {
	s := decode(t, `{"machine":{"link":{"bandwidth_bytes_per_s":24e9}}}`)
	for _, x := range s.Sources() {
		if x.Path == "machine.link.bandwidth_bytes_per_s" {
			if x.Kind != "user" || x.Value != "24000000000" {
				t.Errorf("got %+v", x)
			}
			return
		}
	}
	t.Error("the link's bandwidth has no source")
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"model":"mixtral-8x7b","workload":{"routing":{"source":"counts","counts":[[1]]}}}`))
	f.Add([]byte(`{"model":{"base":"nllb-moe-54b","experts":1e9},"machine":{"gpu":{"kernel_ps":-1}}}`))
	f.Add([]byte(`{"model":{"config":{"model_type":"mixtral"}}}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := scenario.Decode(doc)
		if err != nil {
			if !fault.Is(err) {
				t.Errorf("%v names no field", err)
			}
			return
		}
		again, err := scenario.Decode(s.Short())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%s: its short form %s gives %v", doc, s.Short(), err)
		}
	})
}

func TestAPresetsNameStandsForAPartOfAMachine(t *testing.T) {
	for _, slot := range scenario.Slots() {
		for _, p := range slot.Presets {
			doc := fmt.Sprintf(`{"machine":{"base":"h100-box","%s":"%s"}}`, slot.Key, p.Name)
			s := decode(t, doc)
			if again := decode(t, string(s.Short())); again.Machine != s.Machine {
				t.Errorf("%s: in short %s, which is another machine", doc, s.Short())
			}
			for _, x := range s.Sources() {
				if strings.HasPrefix(x.Path, "machine."+slot.Key+".") && (x.Kind == report.User || x.Text == "") {
					t.Errorf("%s: %s is %s: %q", doc, x.Path, x.Kind, x.Text)
				}
			}
		}
	}
}

func TestAPartOfAMachineMayDifferFromItsPreset(t *testing.T) {
	s := decode(t, `{"machine":{"gpu":{"base":"l4","sms":60},"flash":"sata_ssd"}}`)
	if s.Machine.GPU.SMs != 60 || s.Machine.GPU.Name != "NVIDIA L4" || s.Machine.Flash.Bandwidth != 550e6 {
		t.Errorf("got %+v, %+v", s.Machine.GPU, s.Machine.Flash)
	}
	if got, want := string(s.Short()), `{"machine":{"flash":"sata_ssd","gpu":{"base":"l4","sms":60}}}`; got != want {
		t.Errorf("in short %s, want %s", got, want)
	}
	for _, x := range s.Sources() {
		if x.Path == "machine.gpu.sms" && x.Kind != report.User {
			t.Errorf("60 SMs are %s", x.Kind)
		}
	}
}

func TestUnknownPartsAndExpertsOnFlashThatCannotBeAreRefused(t *testing.T) {
	for doc, want := range map[string]string{
		`{"machine":{"gpu":"h100"}}`:                                                "machine.gpu: no GPU is named",
		`{"machine":{"link":"isa"}}`:                                                "machine.link: no link is named",
		`{"machine":{"flash":7}}`:                                                   "machine.flash: ",
		`{"machine":{"flash":{"base":"tape"}}}`:                                     "machine.flash: no flash is named",
		`{"machine":{"flash":{"bandwidth_bytes_per_s":1}}}`:                         "machine.flash.memory_bytes: ",
		`{"strategy":{"name":"GPU+PM","home":"flash"}}`:                             "machine.flash: strategy.home is",
		`{"machine":{"base":"h100-box"},"strategy":{"home":"device"}}`:              "machine.device.count: strategy GPU+PM has its experts on a memory device",
		`{"machine":"desktop-4090","strategy":{"home":"flash","transfer":"ahead"}}`: "strategy.transfer: from flash",
		`{"machine":"desktop-4090","strategy":{"home":"tape"}}`:                     "strategy.home: must be",
	} {
		_, err := scenario.Decode([]byte(doc))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", doc, err, want)
		}
	}
}

func TestAFormatFillsInItsBitsAndSurvivesTheShortForm(t *testing.T) {
	for doc, bits := range map[string]float64{
		`{"model":{"base":"mixtral-8x7b","expert_format":"marlin"}}`:                                            4.125,
		`{"model":{"base":"mixtral-8x7b","expert_format":{"name":"int2"},"mean_k":1.5},"kv":"vtensor"}`:         2.125,
		`{"model":{"base":"mixtral-8x7b","expert_format":"int2","expert_bits":2.6},"kv":{"allocator":"paged"}}`: 2.6,
		`{"model":{"base":"switch-large-128","expert_format":"qmoe"}}`:                                          16 / 18.34,
		`{"model":{"expert_format":"fp32"}}`:                                                                    32,
		`{"model":"gpt-oss-20b"}`:                                                                               4.25,
	} {
		s, err := scenario.Decode([]byte(doc))
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		if s.Model.ExpertBits != bits {
			t.Errorf("%s: %v bits a weight, want %v", doc, s.Model.ExpertBits, bits)
		}
		for _, form := range [][]byte{s.Short(), s.Full()} {
			again, err := scenario.Decode(form)
			if err != nil || !bytes.Equal(again.Full(), s.Full()) {
				t.Errorf("%s: %s is another scenario (%v)", doc, form, err)
			}
		}
	}
}

func TestAModifierThatFitsNothingIsNamed(t *testing.T) {
	for doc, want := range map[string]string{
		`{"model":{"expert_format":"int5"}}`:                               "model.expert_format.name",
		`{"model":{"expert_format":"marlin","expert_bits":16}}`:            "model.expert_bits",
		`{"model":{"expert_format":{"name":"qmoe","matvec_share":0.5}}}`:   "model.expert_format.matvec_share",
		`{"model":{"mean_k":3}}`:                                           "model.mean_k",
		`{"kv":"heap"}`:                                                    "kv.allocator",
		`{"kv":{"allocator":"static","max_tokens":8000000}}`:               "kv.max_tokens",
		`{"model":{"base":"mixtral-8x7b","expert_format":{"name":7}}}`:     "model.expert_format.name",
		`{"kv":{"allocator":"paged","utilisation":1.5,"block_tokens":-1}}`: "kv.block_tokens kv.utilisation",
	} {
		_, err := scenario.Decode([]byte(doc))
		var paths []string
		for _, f := range fault.Fields(err) {
			paths = append(paths, f.Path)
		}
		if got := strings.Join(paths, " "); got != want {
			t.Errorf("%s: faults at %q, want %q", doc, got, want)
		}
	}
}
