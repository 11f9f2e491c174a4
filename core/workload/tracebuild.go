package workload

import (
	"slices"
	"strings"

	"monde/core/internal/order"
)

// builder gathers the rows of a trace, which may come in any order, and checks
// that they form one.
type builder struct {
	k       int
	rows    []row
	ids     []uint16
	tokens  []token
	streams []stream
	known   map[streamKey]int32
	seen    map[tokenKey]int32
	last    tokenKey // of the row before: most rows are of the same token
	lastAt  int32
}

type (
	row       struct{ token, layer, line int32 }
	token     struct{ stream, step, line int32 }
	stream    struct{ streamKey }
	streamKey struct {
		request string
		decode  bool
	}
	tokenKey struct{ stream, step int32 }
)

func newBuilder() *builder {
	return &builder{known: map[streamKey]int32{}, seen: map[tokenKey]int32{}, last: tokenKey{-1, -1}}
}

// entry is one row of a file: what one layer chose for one token.
type entry struct {
	request []byte
	decode  bool
	step    int
	layer   int
	experts []int
}

func (b *builder) add(line int, e entry) error {
	if err := b.check(line, e); err != nil {
		return err
	}
	b.rows = append(b.rows, row{b.token(line, e), int32(e.layer), int32(line)})
	at := len(b.ids)
	for _, id := range e.experts {
		b.ids = append(b.ids, uint16(id))
	}
	chosen := b.ids[at:]
	order.By(chosen, func(a, b uint16) bool { return a < b })
	for i := 1; i < len(chosen); i++ {
		if chosen[i] == chosen[i-1] {
			return refuse(line, "expert %d is there twice", chosen[i])
		}
	}
	return nil
}

func (b *builder) check(line int, e entry) error {
	if b.k == 0 {
		b.k = len(e.experts)
	}
	switch {
	case len(e.request) > maxName:
		return refuse(line, "the request's name is longer than %d bytes", maxName)
	case len(e.experts) == 0 || len(e.experts) > maxChoices:
		return refuse(line, "must name 1 to %d experts, got %d", maxChoices, len(e.experts))
	case len(e.experts) != b.k:
		return refuse(line, "names %d experts, the lines before %d", len(e.experts), b.k)
	case e.step < 0 || e.step > 1<<30:
		return refuse(line, "step must be 0 to 2^30, got %d", e.step)
	case e.layer < 0 || e.layer > maxLayerID:
		return refuse(line, "layer must be 0 to %d, got %d", maxLayerID, e.layer)
	case len(b.rows) == maxTraceRows:
		return refuse(line, "more than %d rows", maxTraceRows)
	case len(b.ids)+b.k > maxTraceIDs:
		return refuse(line, "more than %d expert ids", maxTraceIDs)
	}
	for _, id := range e.experts {
		if id < 0 || id >= maxExpertID {
			return refuse(line, "an expert must be 0 to %d, got %d", maxExpertID-1, id)
		}
	}
	return nil
}

// token returns the number of e's token, new or known.
func (b *builder) token(line int, e entry) int32 {
	s, ok := b.known[streamKey{string(e.request), e.decode}]
	if !ok {
		s = int32(len(b.streams))
		k := streamKey{string(e.request), e.decode}
		b.known[k] = s
		b.streams = append(b.streams, stream{k})
	}
	key := tokenKey{s, int32(e.step)}
	if key == b.last {
		return b.lastAt
	}
	at, ok := b.seen[key]
	if !ok {
		at = int32(len(b.tokens))
		b.seen[key] = at
		b.tokens = append(b.tokens, token{s, int32(e.step), int32(line)})
	}
	b.last, b.lastAt = key, at
	return at
}

// finish returns the trace of the rows so far. Line is the last one's number.
func (b *builder) finish(line int) (*Trace, error) {
	if len(b.rows) == 0 {
		return nil, refuse(max(line, 1), "the file holds no rows")
	}
	layers := b.layers()
	if len(layers) > maxLayers {
		return nil, refuse(line, "more than %d layers", maxLayers)
	}
	t := &Trace{Tokens: len(b.tokens), Layers: len(layers), TopK: b.k}
	if len(b.rows) < t.Tokens*t.Layers {
		return nil, b.incomplete(layers)
	}
	position := b.order(t)
	t.ids = make([]uint16, t.Tokens*t.Layers*t.TopK)
	if err := b.scatter(t, layers, position); err != nil {
		return nil, err
	}
	return t, nil
}

// layers returns the numbers that the file gives layers, ascending.
func (b *builder) layers() []int32 {
	set := map[int32]bool{}
	for _, r := range b.rows {
		set[r.layer] = true
	}
	layers := make([]int32, 0, len(set))
	for l := range set {
		layers = append(layers, l)
	}
	order.By(layers, func(a, b int32) bool { return a < b })
	return layers
}

// order fills in t's runs, and returns where each token belongs in them.
func (b *builder) order(t *Trace) []int32 {
	sorted := make([]int32, len(b.tokens))
	for i := range sorted {
		sorted[i] = int32(i)
	}
	order.By(sorted, func(x, y int32) bool {
		p, q := b.tokens[x], b.tokens[y]
		if p.stream != q.stream {
			return p.stream < q.stream
		}
		return p.step < q.step
	})
	position := make([]int32, len(sorted))
	requests, names := map[string]bool{}, map[string]int{}
	for i, at := range sorted {
		position[at] = int32(i)
		if s := b.tokens[at].stream; int(s) == len(t.runs) {
			t.runs = append(t.runs, b.streams[s].run(t, i, requests, names))
		}
		t.runs[len(t.runs)-1].end = i + 1
	}
	t.Requests = len(requests)
	return position
}

// run returns an empty run of s that begins at token first.
func (s stream) run(t *Trace, first int, requests map[string]bool, names map[string]int) run {
	r := run{dataset: -1, decode: s.decode, first: first, opens: !requests[s.request]}
	requests[s.request] = true
	cut := strings.LastIndexByte(s.request, '/')
	if cut <= 0 {
		return r
	}
	name := s.request[:cut]
	at, ok := names[name]
	if !ok {
		at = len(t.Datasets)
		names[name] = at
		t.Datasets = append(t.Datasets, name)
	}
	r.dataset = at
	return r
}

// scatter puts the rows where they belong.
func (b *builder) scatter(t *Trace, layers, position []int32) error {
	filled := make([]bool, t.Tokens*t.Layers)
	for i, r := range b.rows {
		layer, _ := slices.BinarySearch(layers, r.layer)
		at := layer*t.Tokens + int(position[r.token])
		if filled[at] {
			k := b.tokens[r.token]
			return refuse(int(r.line), "request %q has step %d of layer %d twice", b.streams[k.stream].request, k.step, r.layer)
		}
		filled[at] = true
		chosen := b.ids[i*b.k : (i+1)*b.k]
		copy(t.ids[at*b.k:], chosen)
		t.Experts = max(t.Experts, int(chosen[b.k-1])+1)
	}
	return nil
}

// incomplete names the first token that lacks a layer.
func (b *builder) incomplete(layers []int32) error {
	count := make([]int, len(b.tokens))
	for _, r := range b.rows {
		count[r.token]++
	}
	at := slices.IndexFunc(count, func(n int) bool { return n < len(layers) })
	k := b.tokens[at]
	return refuse(int(k.line), "request %q step %d has %d of the file's %d layers",
		b.streams[k.stream].request, k.step, count[at], len(layers))
}
