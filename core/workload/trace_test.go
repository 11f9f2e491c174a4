package workload_test

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/workload"
)

const smallCSV = `request,phase,step,token,layer,e0,e1,w0,w1
law/0,prefill,0,,1,3,1,0.6,0.2
law/0,prefill,0,,2,0,2,0.6,0.2
law/0,decode,0,,1,1,2,0.6,0.2
law/0,decode,0,,2,5,4,0.6,0.2
code/1,decode,0,,1,0,7,0.6,0.2
code/1,decode,0,,2,1,2,0.6,0.2
`

const smallJSON = `{"request":"law/0","phase":"prefill","step":0,"layer":0,"experts":[1,3],"weights":[0.2,0.6]}
{"request":"law/0","phase":"prefill","step":0,"layer":1,"experts":[0,2]}
{"request":"law/0","phase":"decode","step":0,"layer":1,"experts":[4,5]}
{"request":"law/0","phase":"decode","step":0,"layer":0,"experts":[2,1]}

{"request":"code/1","phase":"decode","step":7,"layer":0,"experts":[7,0]}
{"request":"code/1","phase":"decode","step":7,"layer":1,"experts":[1,2]}
`

func zip(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, data []byte) *workload.Trace {
	t.Helper()
	tr, err := workload.ReadTrace("small", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func packed(t testing.TB, tr *workload.Trace) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workload.PackTrace(&b, tr); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryFormOfATraceReadsTheSame(t *testing.T) {
	want := packed(t, read(t, []byte(smallCSV)))
	forms := map[string][]byte{
		"CSV":            []byte(smallCSV),
		"CSV of Windows": []byte("\xef\xbb\xbf" + strings.ReplaceAll(smallCSV, "\n", "\r\n")),
		"CSV, gzip":      zip(t, []byte(smallCSV)),
		"JSON":           []byte(smallJSON),
		"JSON, gzip":     zip(t, []byte(smallJSON)),
		"packed":         want,
	}
	for name, form := range forms {
		tr := read(t, form)
		if !bytes.Equal(packed(t, tr), want) {
			t.Errorf("%s reads as another trace", name)
		}
		if tr.Requests != 2 || tr.Tokens != 3 || tr.Layers != 2 || tr.Experts != 8 || tr.TopK != 2 {
			t.Errorf("%s: %d requests, %d tokens, %d layers, %d experts, top-%d", name, tr.Requests, tr.Tokens, tr.Layers, tr.Experts, tr.TopK)
		}
		if !slices.Equal(tr.Datasets, []string{"law", "code"}) {
			t.Errorf("%s: data sets are %q", name, tr.Datasets)
		}
	}
}

func TestTraceIsNamedByTheBytesOfItsFile(t *testing.T) {
	tr := read(t, []byte(smallCSV))
	// sha256sum of smallCSV.
	if want := "35d17389383c82abd4b642479393a6e35b1c3d6b18cb39a529342f49227f8de9"; tr.SHA256 != want || tr.Name != "small" {
		t.Errorf("%q has SHA-256 %s, want %s", tr.Name, tr.SHA256, want)
	}
}

func TestRefusalsNameTheLine(t *testing.T) {
	head := "request,step,layer,e0,e1\n"
	long := strings.Repeat("9", 1_100_000)
	cases := map[string]struct{ file, want string }{
		"nothing":             {"", "line 1: the file is empty"},
		"only a header":       {head, "line 1: the file holds no rows"},
		"no trace":            {"<html>\n", "line 1: not a trace: "},
		"an endless line":     {head + long, "line 2: longer than 1,000,000 bytes"},
		"a missing column":    {head + "a,0,0,1,2\na,0,1,1\n", "line 3: has 4 columns, the header 5"},
		"a word":              {head + "a,0,0,1,two\n", `line 2: an expert must be a whole number, got "two"`},
		"a fraction":          {head + "a,0.5,0,1,2\n", `line 2: step must be a whole number, got "0.5"`},
		"a negative expert":   {head + "a,0,0,1,-2\n", "line 2: an expert must be 0 to 16383, got -2"},
		"a large expert":      {head + "a,0,0,1,16384\n", "line 2: an expert must be 0 to 16383, got 16384"},
		"an expert twice":     {head + "a,0,0,1,1\n", "line 2: expert 1 is there twice"},
		"a negative layer":    {head + "a,0,-1,1,2\n", "line 2: layer must be 0 to 1048576, got -1"},
		"a layer twice":       {head + "a,0,0,1,2\na,0,1,1,2\na,0,0,3,4\nb,0,1,1,2\n", `line 4: request "a" has step 0 of layer 0 twice`},
		"a token cut short":   {head + "a,0,0,1,2\na,0,1,1,2\nb,0,0,1,2\n", `line 4: request "b" step 0 has 1 of the file's 2 layers`},
		"a gzip header alone": {"\x1f\x8b", "line 1: not a gzip file: "},
		"gzip cut short":      {string(zip(t, []byte(smallCSV)))[:60], "unexpected EOF"},
		"JSON cut short":      {"{\"request\":1,\"step\":0,\"layer\":0,\"experts\":[1]}\n{\"req", "line 2: not a JSON object of a trace"},
		"a missing key":       {`{"request":1,"layer":0,"experts":[1]}`, `line 1: needs the keys "request", "step", "layer" and "experts"`},
		"changing top-k":      {"{\"request\":1,\"step\":0,\"layer\":0,\"experts\":[1]}\n{\"request\":1,\"step\":1,\"layer\":0,\"experts\":[1,2]}", "line 2: names 2 experts, the lines before 1"},
		"no experts":          {`{"request":1,"step":0,"layer":0,"experts":[]}`, "line 1: must name 1 to 256 experts, got 0"},
		"a packed magic":      {"MoNDE trace 1\n", "line 1: the packed trace is damaged: unexpected EOF"},
		"a huge packed claim": {"MoNDE trace 1\n\xff\xff\xff\xff\xff\xff\xff\x7f", "line 1: the packed trace is damaged: a number is out of range"},
	}
	for name, c := range cases {
		_, err := workload.ReadTrace("x", strings.NewReader(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) || !fault.Is(err) {
			t.Errorf("%s: the error is %v, want a field with %q", name, err, c.want)
		}
	}
}

func TestPackedTraceWithATailIsRefused(t *testing.T) {
	file := append(unzip(t, packed(t, read(t, []byte(smallCSV)))), 0)
	if _, err := workload.ReadTrace("x", bytes.NewReader(file)); err == nil || !strings.Contains(err.Error(), "follows its end") {
		t.Errorf("the error is %v", err)
	}
}

// 300 MiB of blank lines fold into 400 KB; gzip files may be joined end to end.
func TestGzipBombIsRefused(t *testing.T) {
	blank := append(bytes.Repeat([]byte(" "), 1<<19-1), '\n')
	bomb := append(zip(t, []byte("request,step,layer,e0\n")), bytes.Repeat(zip(t, blank), 600)...)
	_, err := workload.ReadTrace("x", bytes.NewReader(bomb))
	if err == nil || !strings.Contains(err.Error(), "longer than 256 MiB") || !fault.Is(err) {
		t.Errorf("the error is %v", err)
	}
}
