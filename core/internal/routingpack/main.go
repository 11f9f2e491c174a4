// Command routingpack writes the measured routing that core/workload ships:
// tables.bin, the packed traces, and the licences beside them.
//
// Its input is a folder of popularity.csv and trace.csv.gz files a model, whose
// origins docs/data.md names. It leaves out gate weights, the order of choices
// in a token, and the names of requests. The same input and the same Go give
// the same bytes.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"monde/core/workload"
)

// A source is one table: a model's rows of a folder's popularity.csv.
type source struct {
	name, folder, model string
	trace               bool
	licences            map[string]string // file of the folder -> file beside the data
}

const (
	apache = "LICENSE-Apache-2.0"
	plain  = "LICENSE"
)

var sources = []source{
	{"switch-base-128-encoder_specmoe", "switch-base-128-encoder_specmoe", "switch-base-128", false, map[string]string{plain: "LICENSE-specMoE"}},
	{"mixtral-8x7b_fiddler", "mixtral-8x7b_fiddler", "Mixtral-8x7B-v0.1", false, map[string]string{plain: apache}},
	{"mixtral-8x7b-instruct_fiddler", "mixtral-8x7b_fiddler", "Mixtral-8x7B-Instruct-v0.1", false, nil},
	{"mixtral-8x7b_allenai", "mixtral-8x7b_allenai", "Mixtral-8x7B-v0.1", false, map[string]string{plain: apache}},
	{"gpt-oss-20b_fingerprinting", "gpt-oss-20b_fingerprinting", "gpt-oss-20b", true, map[string]string{plain: apache}},
	{"deepseek-v2-lite_esft", "deepseek-v2-lite_esft", "DeepSeek-V2-Lite (ESFT-vanilla-lite)", true,
		map[string]string{"LICENSE-CODE": "LICENSE-ESFT", "LICENSE-MODEL": "LICENSE-DeepSeek-model"}},
	{"olmoe-1b-7b_allenai", "olmoe-1b-7b_allenai", "OLMoE-1B-7B-0924", false, map[string]string{plain: apache}},
}

func main() {
	from := flag.String("from", "", "folder of the sources, a folder each")
	to := flag.String("to", "core/workload/data", "folder to write")
	flag.Parse()
	if err := generate(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "routingpack:", err)
		os.Exit(1)
	}
}

func generate(from, to string) error {
	var tables []workload.Table
	for _, s := range sources {
		folder := filepath.Join(from, s.folder)
		t, err := readTable(filepath.Join(folder, "popularity.csv"), s.model)
		if err != nil {
			return err
		}
		t.Name = s.name
		if s.trace {
			if t.TraceSHA256, err = packTrace(s.name, folder, to); err != nil {
				return err
			}
		}
		tables = append(tables, t)
		if err := copyAll(folder, to, s.licences); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(to, "tables.bin"), workload.PackTables(tables), 0o644)
}

// packTrace writes one trace and returns its hash.
func packTrace(name, from, to string) (string, error) {
	f, err := os.Open(filepath.Join(from, "trace.csv.gz"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	t, err := workload.ReadTrace(name, f)
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.Name(), err)
	}
	var packed bytes.Buffer
	if err := workload.PackTrace(&packed, t); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(to, name+".bin"), packed.Bytes(), 0o644); err != nil {
		return "", err
	}
	again, err := workload.ReadTrace(name, &packed)
	if err != nil {
		return "", err
	}
	return again.SHA256, nil
}

func copyAll(from, to string, files map[string]string) error {
	for source, target := range files {
		b, err := os.ReadFile(filepath.Join(from, source))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, target), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}
