package validate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// edited returns a well-formed file of one line with one cell changed.
func edited(t testing.TB, name, column, value string) string {
	t.Helper()
	head, line, _ := strings.Cut(strings.TrimSpace(few(t, name, 1)), "\n")
	heads, cells := strings.Split(head, ","), strings.Split(line, ",")
	for i, h := range heads {
		if h == column {
			cells[i] = value
			return head + "\n" + strings.Join(cells, ",") + "\n"
		}
	}
	t.Fatalf("%s has no column %q", name, column)
	return ""
}

// numbers are the columns of each file that hold one, and every column that a user
// might fill with a name of their own.
var numbers = map[string]string{
	"h100/link":                      "bytes h2d_us d2h_us h2d_host_visible_us",
	"h100/ffn":                       "tokens d_model d_ff matrices eager_us graph_us",
	"h100/dense":                     "d_model heads batch context eager_us graph_us",
	"h100/cpu":                       "d_model d_ff matrices threads tokens us",
	"h100/graph_layers":              "tokens device_us tokens_per_expert",
	"h100/layers":                    "tokens wall_us tokens_per_expert",
	"gpu_moe/moe_kernels":            "num_tokens hidden inter topk experts latency_ms",
	"pregated/block_lats":            "bs switch-base-8/Pre-gated",
	"pregated/ubench_b64_block_lats": "bs switch-base-64/SE-MoE/CPU",
	"pregated/peak_mems":             "bs switch-base-64/SE-MoE",
	"pregated/throughputs":           "bs switch-base-64/SE-MoE",
}

func TestAHostileNumberIsAProblemOfItsRow(t *testing.T) {
	for name, columns := range numbers {
		for column := range strings.FieldsSeq(columns) {
			for _, value := range []string{"", "-1", "0", "NaN", "Inf", "-Inf", "+Inf", "1e400", "1e300", "1e-320", "99999999999999999999", "ten", "0x", "1;2"} {
				rows := load(t, map[string]string{name: edited(t, name, column, value)})
				if len(rows) == 0 {
					t.Errorf("%s: %s %q: no row", name, column, value)
				}
				bad := 0
				for _, r := range rows {
					if r.Problem != "" {
						bad++
					}
				}
				if bad == 0 {
					t.Errorf("%s: %s %q: no problem in %+v", name, column, value, rows)
				}
			}
		}
	}
}

func predicted(rows []Row) []Row {
	for i := range rows {
		rows[i].predict(quietly)
	}
	return rows
}

func TestWhatIsNotKnownIsAProblemThatNamesIt(t *testing.T) {
	for _, c := range []struct{ name, column, value, problem string }{
		{"h100/link", "memory", "swapped", `memory must be pinned or pageable, got "swapped"`},
		{"h100/ffn", "dtype", "fp8", `dtype "fp8" is not modelled`},
		{"h100/ffn", "matrices", "4", "matrices must be a whole number from 2 to 3"},
		{"h100/dense", "phase", "train", `phase must be prefill or decode, got "train"`},
		{"h100/dense", "heads", "7", "heads must divide d_model"},
		{"h100/cpu", "dtype", "int8", `dtype must be bf16 or fp32, got "int8"`},
		{"h100/graph_layers", "model", "gpt-9", `model "gpt-9" is not known`},
		{"h100/graph_layers", "strategy", "magic", `strategy "magic" is not known`},
		{"h100/graph_layers", "tokens_per_expert", "1 2 x", "tokens_per_expert must be whole numbers"},
		{"h100/graph_layers", "tokens_per_expert", "1 1", "tokens_per_expert must add up to 1, 1 of each token, got 2"},
		{"h100/layers", "model", "", `model "" is not known`},
		{"h100/layers", "strategy", "magic", `strategy "magic" is not known`},
		{"gpu_moe/moe_kernels", "system", "tpu_v9", `GPU "tpu_v9" is not known`},
		{"gpu_moe/moe_kernels", "dtype", "fp8_block", `dtype "fp8_block" is not modelled`},
		{"gpu_moe/moe_kernels", "distribution", "power_law_1", `distribution "power_law_1" is not known`},
		{"gpu_moe/moe_kernels", "distribution", "lognormal", `distribution "lognormal" is not known`},
		{"gpu_moe/moe_kernels", "topk", "9", "topk must be at most experts"},
		{"pregated/block_lats", "GPU", "NVIDIA H100", `GPU "NVIDIA H100" is not known`},
		{"pregated/ubench_b64_block_lats", "cache ratio", "0.5", `cache ratio "0.5" is not modelled`},
		{"pregated/ubench_b64_block_lats", "active experts", "65", "active experts must be a whole number from 1 to 64"},
	} {
		for _, r := range load(t, map[string]string{c.name: edited(t, c.name, c.column, c.value)}) {
			if !strings.HasPrefix(r.Problem, c.problem) || r.Line != 2 || r.Scenarios() != nil {
				t.Errorf("%s: %s %q: line %d, problem %q", c.name, c.column, c.value, r.Line, r.Problem)
			}
		}
	}
}

func TestAnUnknownModelOrStrategyOfAColumnIsAProblem(t *testing.T) {
	for column, problem := range map[string]string{
		"switch-huge/SE-MoE":         `model "switch-huge" is not known`,
		"switch-base-0/SE-MoE":       `model "switch-base-0" is not known`,
		"switch-base-99999/SE-MoE":   `model "switch-base-99999" is not known`,
		"switch-base-8/Magic":        `strategy "Magic" is not known`,
		"switch-base-8/SE-MoE/again": `strategy "SE-MoE/again" is not known`,
	} {
		for _, name := range []string{"block_lats", "ubench_b64_block_lats", "peak_mems", "throughputs"} {
			rows := load(t, map[string]string{"pregated/" + name: "bs,active experts," + column + "\n8,2,1\n"})
			if len(rows) != 1 || rows[0].Problem != problem {
				t.Errorf("%s %s: %+v", name, column, rows)
			}
		}
	}
}

func TestAMistakeInAColumnIsOfItsRowAlone(t *testing.T) {
	rows := load(t, map[string]string{"pregated/throughputs": "bs,switch-base-8/Magic,switch-base-8/SE-MoE,/CPU,switch-base-8/GPU-only\n8,1,2,3,x\n"})
	var got []bool
	for _, r := range rows {
		got = append(got, r.Problem == "")
	}
	if want := []bool{false, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("without a problem: %v, want %v, of %+v", got, want, rows)
	}
}

func TestALineThatTheEngineRefusesIsAProblemInItsWords(t *testing.T) {
	for name, lines := range map[string]string{
		"h100/graph_layers": "model,tokens,strategy,device_us,tokens_per_expert\n" +
			"mixtral-8x7b,4,ideal_loop,10,1 1 1 1 1 1 1 1 0\n", // 9 experts of 8
		"gpu_moe/moe_kernels": "system,framework,version,dtype,distribution,num_tokens,hidden,inter,topk,experts,latency_ms\n" +
			"l4,vllm,0.19,bf16,balanced,1048576,131072,131072,256,16384,1\n", // more than a run may take
	} {
		for _, r := range predicted(load(t, map[string]string{name: lines})) {
			if r.Problem == "" || r.Predicted != 0 || r.Error != 0 {
				t.Errorf("%s line %d: predicted %g, problem %q", name, r.Line, r.Predicted, r.Problem)
			}
		}
	}
}

func TestABrokenFileIsRefusedByName(t *testing.T) {
	const good = "memory,bytes,h2d_us,d2h_us,h2d_host_visible_us\npinned,4096,1,2,3\n"
	for want, text := range map[string]string{
		"h100/link.csv: is empty, it has no header":                            "",
		"h100/link.csv: has no rows, only a header":                            "memory,bytes,h2d_us,d2h_us,h2d_host_visible_us\n",
		`h100/link.csv: has no column "bytes", "h2d_us"`:                       strings.Replace(good, "bytes,h2d_us", "byte,h2d", 1),
		`h100/link.csv: has column "bytes" twice`:                              strings.Replace(good, "d2h_us", " bytes", 1),
		"h100/link.csv: record on line 3: wrong number of fields":              good + "pinned,1\n",
		`h100/link.csv: parse error on line 3, column 4: bare " in non-quoted`: good + `pin"ned,1,1,1,1`,
		`h100/link.csv: parse error on line 3, column 17: extraneous or missi`: good + "\"pinned,1,1,1,1\n",
		"h100/link.csv: is larger than 64 MiB":                                 good + strings.Repeat("# "+strings.Repeat("x", 1<<20)+"\n", 65),
	} {
		if _, err := Load(folder(map[string]string{"h100/link": text})); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := Load(folder(map[string]string{"pregated/throughputs": "bs,GPU\n1,x\n"})); err == nil || err.Error() != `pregated/throughputs.csv: has no column "model/strategy"` {
		t.Errorf("without a strategy: %v", err)
	}
	if _, err := Load(folder(map[string]string{"h100/link.csv/inside": "a"})); err == nil {
		t.Error("a folder that is called link.csv is read")
	}
}

func TestHowAFileIsWrittenChangesNothing(t *testing.T) {
	plain := few(t, "h100/ffn", 6)
	want := fmt.Sprint(facts(load(t, map[string]string{"h100/ffn": plain})))
	head, body, _ := strings.Cut(plain, "\n")
	for what, text := range map[string]string{
		"CRLF":                 strings.ReplaceAll(plain, "\n", "\r\n"),
		"a byte order mark":    "\ufeff" + plain,
		"a mark before quotes": "\ufeff" + `"` + strings.ReplaceAll(head, ",", `","`) + "\"\n" + body,
		"quoted cells":         head + "\n" + strings.ReplaceAll(strings.ReplaceAll(body, "switch-base", `"switch-base"`), ",2,", `,"2",`),
		"spaces":               head + "\n" + strings.ReplaceAll(body, ",2,", ", 2 ,"),
		"comments":             head + "\n# mine\n" + body,
		"no end of line":       strings.TrimSpace(plain),
	} {
		if got := fmt.Sprint(facts(load(t, map[string]string{"h100/ffn": text}))); got != want {
			t.Errorf("%s: got %s, want %s", what, got, want)
		}
	}
}

// facts leaves out what depends on where a line stands.
func facts(rows []Row) (all []string) {
	for _, r := range rows {
		all = append(all, fmt.Sprint(r.measurement(), r.Fitted, r.Problem))
	}
	return all
}

func TestACellOfTenMegabytesIsAProblemLikeAnother(t *testing.T) {
	long := strings.Repeat("9", 10<<20)
	for _, r := range load(t, map[string]string{"h100/ffn": edited(t, "h100/ffn", "tokens", long)}) {
		if !strings.HasPrefix(r.Problem, "tokens must be a whole number") || len(r.Problem) > 300 {
			t.Errorf("a problem of %d bytes", len(r.Problem))
		}
	}
}

func TestAFolderWithoutMeasurementsIsRefused(t *testing.T) {
	for _, files := range []map[string]string{nil, {"link": "a\n1\n"}} {
		if _, err := Run(t.Context(), folder(files), func(int, int) {}); err == nil || !strings.Contains(err.Error(), "h100/link.csv, h100/ffn.csv") {
			t.Errorf("got %v", err)
		}
	}
}

func TestTheLargestAndLeastMeasurementsGiveANumber(t *testing.T) {
	for _, value := range []string{"1e-9", "1e15"} {
		for _, r := range predicted(load(t, map[string]string{"h100/ffn": edited(t, "h100/ffn", "graph_us", value)})) {
			if r.Problem != "" || math.IsInf(r.Error, 0) || math.IsNaN(r.Error) {
				t.Errorf("%s: %+v", value, r)
			}
		}
	}
}
