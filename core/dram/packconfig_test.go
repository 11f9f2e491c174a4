package dram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// A controllerFile is what matters of a Ramulator configuration.
type controllerFile struct {
	Memory struct {
		Controllers []struct {
			Reads     int    `json:"read_buffer_size"`
			Writes    int    `json:"write_buffer_size"`
			WCK       string `json:"wck_sync_mode"`
			Scheduler struct {
				Name string `json:"impl"`
			} `json:"scheduler"`
			Refresh struct {
				Name string `json:"impl"`
			} `json:"refresh_manager"`
			Rows struct {
				Cap int `json:"cap"`
			} `json:"row_policy"`
			DRAM struct {
				Name string `json:"impl"`
				Org  struct {
					DQ    int   `json:"dq"`
					Count []int `json:"count"`
				} `json:"org"`
				Timing []int   `json:"timing"`
				Rules  [][]any `json:"timing_constraints"`
			} `json:"dram"`
		} `json:"controllers"`
	} `json:"memory_system"`
}

// commands are Ramulator's, by number.
var commandNames = map[string][]string{
	"LPDDR5": {"ACT", "ACT2", "PREpb", "PREab", "CAS_RD", "CAS_WR", "RD", "WR", "RDA", "WRA", "REFab", "REFpb"},
	"DDR4":   {"ACT", "PREpb", "PREab", "RD", "WR", "RDA", "WRA", "REFab"},
	"DDR5":   {"ACT", "PREpb", "PREab", "RD", "WR", "RDA", "WRA", "REFab"},
}

// rules keeps the rules of every configuration, those of several once: a line of
// names, then level, from, to, clocks, window and whether it is between siblings.
func (p *packer) rules() {
	names := map[string][]string{}
	for _, file := range p.configs("r2_") {
		var c controllerFile
		p.must(json.Unmarshal(p.read("configs/"+file+".json"), &c))
		d := c.Memory.Controllers[0].DRAM
		var lines []string
		for _, r := range d.Rules {
			lines = append(lines, ruleLines(r, commandNames[d.Name])...)
		}
		slices.Sort(lines)
		text := strings.Join(lines, "\n")
		names[text] = append(names[text], file)
	}
	var all []string
	for text, of := range names {
		all = append(all, strings.Join(of, " ")+"\n"+text+"\n")
	}
	sort.Strings(all)
	p.write("rules.txt.gz", []byte(strings.Join(all, "\n")))
}

func (p *packer) configs(prefix string) []string {
	files, err := filepath.Glob(filepath.Join(*from, "configs", prefix+"*"))
	p.must(err)
	var names []string
	for _, f := range files {
		name := filepath.Base(f)
		name = strings.TrimSuffix(name, filepath.Ext(name))
		if name != "r2_named_timings" && !strings.HasSuffix(name, ".probe") {
			names = append(names, name)
		}
	}
	return names
}

// ruleLines writes one rule of Ramulator as one line a pair of commands. Rules of
// no clocks bind nothing.
func ruleLines(r []any, names []string) []string {
	window, sibling := 1, false
	if len(r) > 4 {
		window = int(r[4].(float64))
	}
	if len(r) > 5 {
		sibling = r[5].(bool)
	}
	var lines []string
	for _, a := range r[1].([]any) {
		for _, b := range r[2].([]any) {
			if r[3].(float64) > 0 {
				lines = append(lines, fmt.Sprint(r[0], " ", names[int(a.(float64))], " ", names[int(b.(float64))], " ", r[3], " ", window, " ", sibling))
			}
		}
	}
	return lines
}

// iniKeys are what matters of a DRAMsim3 configuration.
var iniKeys = []string{
	"name", "protocol", "bankgroups", "banks_per_group", "rows", "columns", "BL", "bus_width", "channels", "channel_size", "cmd_queue_size",
	"trans_queue_size", "refresh_policy", "tCK", "AL", "CL", "CWL", "tRCD", "tRCDRD", "tRCDWR", "tRP", "tRAS", "tRFC", "tRFCb", "tREFI", "tREFIb",
	"tRRD_S", "tRRD_L", "tWTR_S", "tWTR_L", "tFAW", "tWR", "tRTP", "tCCD_S", "tCCD_L", "tRTRS", "tPPD",
}

// memories keeps the shape and the controller of every configuration.
func (p *packer) memories() {
	var out bytes.Buffer
	put := func(m map[string]any) {
		b, err := json.Marshal(m)
		p.must(err)
		out.Write(append(b, '\n'))
	}
	p.ramulators(put)
	p.dramsim3s(put)
	p.write("memories.jsonl.gz", out.Bytes())
}

func (p *packer) ramulators(put func(map[string]any)) {
	var named map[string]struct {
		Org struct {
			Width int `json:"channel_width"`
		} `json:"org"`
		Timing map[string]int `json:"timing"`
	}
	p.must(json.Unmarshal(p.read("configs/r2_named_timings.json"), &named))
	base, timings := "", []int(nil)
	for _, file := range p.configs("r2_") { // a base comes before its variants
		var c controllerFile
		p.must(json.Unmarshal(p.read("configs/"+file+".json"), &c))
		k := c.Memory.Controllers[0]
		if _, known := named[file]; known {
			base, timings = file, k.DRAM.Timing
		}
		if !slices.Equal(timings, k.DRAM.Timing) || !strings.HasPrefix(file, base) {
			p.Fatalf("%s has other timings than %s", file, base)
		}
		put(map[string]any{
			"name": file, "channels": len(c.Memory.Controllers), "standard": k.DRAM.Name, "width": named[base].Org.Width, "count": k.DRAM.Org.Count,
			"timing": named[base].Timing, "reads": k.Reads, "writes": k.Writes, "wck": k.WCK, "scheduler": k.Scheduler.Name,
			"refresh": k.Refresh.Name, "cap": k.Rows.Cap,
		})
	}
}

func (p *packer) dramsim3s(put func(map[string]any)) {
	for _, file := range p.configs("d3_") {
		m := map[string]any{"name": file}
		for line := range strings.Lines(string(p.read("configs/" + file + ".ini"))) {
			if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, ";") {
				m[strings.TrimSpace(key)] = strings.TrimSpace(value)
			}
		}
		maps.DeleteFunc(m, func(key string, _ any) bool { return !slices.Contains(iniKeys, key) })
		put(m)
	}
}
