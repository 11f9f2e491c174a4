package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"

	"monde/core/workload"
)

// cell is one line of a popularity.csv.
type cell struct {
	dataset       string
	layer, expert int
}

// readTable reads the lines of model: model,dataset,phase,layer,stack,expert,count.
func readTable(path, model string) (workload.Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return workload.Table{}, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return workload.Table{}, err
	}
	t, counts := workload.Table{}, map[cell]int64{}
	for _, l := range lines[1:] {
		if l[0] != model {
			continue
		}
		if err := gather(&t, counts, l); err != nil {
			return t, fmt.Errorf("%s: %w", path, err)
		}
	}
	if t.Counts, err = lay(t, counts); err != nil {
		return t, fmt.Errorf("%s, %s: %w", path, model, err)
	}
	return t, nil
}

func gather(t *workload.Table, counts map[cell]int64, l []string) error {
	layer, err1 := strconv.Atoi(l[3])
	expert, err2 := strconv.Atoi(l[5])
	count, err3 := strconv.ParseInt(l[6], 10, 64)
	if err1 != nil || err2 != nil || err3 != nil || count < 0 {
		return fmt.Errorf("not whole numbers: %q", l)
	}
	if t.Stack != "" && (t.Phase != l[2] || t.Stack != l[4]) {
		return fmt.Errorf("two phases or stacks: %q", l)
	}
	t.Phase, t.Stack = l[2], l[4]
	t.Experts = max(t.Experts, expert+1)
	if !slices.Contains(t.Datasets, l[1]) {
		t.Datasets = append(t.Datasets, l[1])
	}
	if !slices.Contains(t.Layers, layer) {
		t.Layers = append(t.Layers, layer)
	}
	counts[cell{l[1], layer, expert}] += count
	return nil
}

// lay puts counts in the order of Table.Counts; every cell must be there.
func lay(t workload.Table, counts map[cell]int64) ([]int64, error) {
	slices.Sort(t.Layers)
	var all []int64
	for _, d := range t.Datasets {
		for _, layer := range t.Layers {
			for e := range t.Experts {
				n, ok := counts[cell{d, layer, e}]
				if !ok {
					return nil, fmt.Errorf("no count of %s, layer %d, expert %d", d, layer, e)
				}
				all = append(all, n)
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no lines")
	}
	return all, nil
}
