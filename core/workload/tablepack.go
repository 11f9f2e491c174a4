package workload

import (
	"bufio"
	"bytes"
)

// tablesMagic opens tables.bin. Behind it, until the end: name, length of what
// follows, stack, phase, experts, layers, data sets, hash of the trace, counts.
// Numbers are unsigned varints, lists and texts begin with their length. It is
// not compressed, so that one table is found without unpacking the others.
const tablesMagic = "MoNDE routing 1\n"

// PackTables returns tables in the form of tables.bin.
func PackTables(tables []Table) []byte {
	out := packer(tablesMagic)
	for _, t := range tables {
		body := t.pack()
		out.text(t.Name)
		out.number(len(body))
		out = append(out, body...)
	}
	return out
}

func (t Table) pack() []byte {
	var p packer
	p.text(t.Stack)
	p.text(t.Phase)
	p.number(t.Experts, len(t.Layers))
	p.number(t.Layers...)
	p.number(len(t.Datasets))
	for _, d := range t.Datasets {
		p.text(d)
	}
	p.text(t.TraceSHA256)
	for _, n := range t.Counts {
		p.number(int(n))
	}
	return p
}

func findTable(packed []byte, name string) (*Table, bool) {
	packed, ok := bytes.CutPrefix(packed, []byte(tablesMagic))
	u := &unpacker{r: bufio.NewReader(bytes.NewReader(packed))}
	for ok && u.err == nil {
		found, size := u.text(maxName), u.number(len(packed))
		if found == name && u.err == nil {
			t := &Table{Name: name}
			u.table(t)
			return t, u.err == nil
		}
		_, err := u.r.Discard(size)
		u.fail(err)
	}
	return nil, false
}

func (u *unpacker) table(t *Table) {
	t.Stack, t.Phase, t.Experts = u.text(maxName), u.text(maxName), u.number(maxExpertID)
	for range u.number(maxLayers) {
		t.Layers = append(t.Layers, u.number(maxLayers))
	}
	for range u.number(maxLayers) {
		t.Datasets = append(t.Datasets, u.text(maxName))
	}
	t.TraceSHA256 = u.text(maxName)
	t.Counts = make([]int64, len(t.Datasets)*len(t.Layers)*t.Experts)
	for i := range t.Counts {
		t.Counts[i] = int64(u.number(1 << 40))
	}
}
