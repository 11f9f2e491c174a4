package workload

// Traces holds the content of traces by name (shipped) or SHA-256 (the user's).
type Traces map[string]*Trace

// Trace is a token-level record of routing: the set of experts that every layer
// chose for every token. It is read-only once read.
type Trace struct {
	Name     string
	SHA256   string // hex, of the file's bytes as they came, compressed or not
	Requests int
	Tokens   int
	Layers   int // MoE layers, from 0 whatever the file calls the first
	Experts  int // the highest id seen, and one
	TopK     int
	Datasets []string // what stands before the last / of the requests' names; "" is not listed

	runs []run
	ids  []uint16 // by layer, token and choice; ascending in a choice
}

// A run is the tokens of one request in one phase, in the order of their steps.
type run struct {
	dataset    int // index in Datasets; -1 if the request's name has no /
	opens      bool
	decode     bool // decoding steps; otherwise tokens of an input pass
	first, end int  // tokens
}

func (r run) tokens() int { return r.end - r.first }

// chosen returns the experts of tokens first to end of one layer.
func (t *Trace) chosen(layer, first, end int) []uint16 {
	at := layer * t.Tokens
	return t.ids[(at+first)*t.TopK : (at+end)*t.TopK]
}

// Limits of a trace file. They bound the memory that a hostile one takes: a row
// is one token in one layer, and decompressed bytes are counted, so a small
// gzip file cannot unfold without end.
const (
	maxTraceBytes = 256 << 20
	maxTraceRows  = 4_000_000
	maxTraceIDs   = 1 << 26
	maxLine       = 1_000_000
	maxExpertID   = 1 << 14
	maxChoices    = 256
	maxLayers     = 1024
	maxLayerID    = 1 << 20
	maxName       = 256
)

// A Stretch is the tokens of one request in one phase, in the order of their steps.
type Stretch struct {
	Dataset    string // "" if the request's name has none
	Decode     bool   // decoding steps; otherwise tokens of an input pass
	First, End int    // tokens of the trace
}

// Stretches returns what a trace records of one data set, or of all, request by request.
func (t *Trace) Stretches(dataset string) []Stretch {
	runs, _ := t.of(dataset)
	all := make([]Stretch, len(runs))
	for i, r := range runs {
		all[i] = Stretch{Decode: r.decode, First: r.first, End: r.end}
		if r.dataset >= 0 {
			all[i].Dataset = t.Datasets[r.dataset]
		}
	}
	return all
}

// Chosen returns the experts that one layer chose for one token, ascending. It is the
// trace's own: callers must not write to it.
func (t *Trace) Chosen(layer, token int) []uint16 { return t.chosen(layer, token, token+1) }
