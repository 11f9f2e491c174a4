package workload

import (
	_ "embed" // for tables.bin
	"slices"
)

// packedTables holds every popularity table; core/internal/routingpack writes it.
//
//go:embed data/tables.bin
var packedTables []byte

// Table holds how often each expert of a layer was chosen.
type Table struct {
	Name        string
	Stack       string // encoder or decoder_only
	Phase       string // prefill, decode or teacher_forced
	Experts     int
	Layers      []int // as the source numbers them
	Datasets    []string
	TraceSHA256 string  // of the packed trace; empty if none
	Counts      []int64 // by data set, layer and expert
}

// ShippedTable returns a table of Tables by its name.
func ShippedTable(name string) (*Table, bool) { return findTable(packedTables, name) }

// mustTable returns the table of a name of the catalogue.
func mustTable(name string) *Table {
	t, ok := ShippedTable(name)
	if !ok {
		panic("workload: bug: tables.bin has no table " + name)
	}
	return t
}

// part returns the index of a data set, or -1 for all; ok is false if there is
// no such.
func (t *Table) part(dataset string) (index int, ok bool) {
	index = slices.Index(t.Datasets, dataset)
	return index, index >= 0 || dataset == ""
}

// row returns the counts of a layer, of one data set, or of all if it is -1.
func (t *Table) row(dataset, layer int) []float64 {
	sums := make([]float64, t.Experts)
	for d := range t.Datasets {
		if dataset >= 0 && d != dataset {
			continue
		}
		at := (d*len(t.Layers) + layer) * t.Experts
		for e, n := range t.Counts[at : at+t.Experts] {
			sums[e] += float64(n) // below 2^53: exact
		}
	}
	return sums
}

// tokens returns how many tokens a layer saw, at most.
func (t *Table) tokens(dataset, topK int) int {
	most := 0.0
	for l := range t.Layers {
		sum := 0.0
		for _, n := range t.row(dataset, l) {
			sum += n
		}
		most = max(most, sum)
	}
	return int(most) / topK
}
