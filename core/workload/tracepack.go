package workload

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"io"
)

// packedMagic opens the packed form. Behind it, all numbers unsigned varints:
// layers, top-k, experts; data sets, each a length and a name; runs, each flags
// (1 opens a request, 2 decodes), data set and one (0 none), tokens; then the
// ids by layer, token and choice, ascending in a choice. Layer-major order puts
// alike choices side by side, which gzip shortens to a third.
const packedMagic = "MoNDE trace 1\n"

// PackTrace writes t in the form that is shipped: without the names of requests,
// which only tell requests apart.
func PackTrace(w io.Writer, t *Trace) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(packTrace(t)); err != nil {
		return err
	}
	return z.Close()
}

func packTrace(t *Trace) []byte {
	p := packer(packedMagic)
	p.number(t.Layers, t.TopK, t.Experts, len(t.Datasets))
	for _, d := range t.Datasets {
		p.text(d)
	}
	p.number(len(t.runs))
	for _, r := range t.runs {
		p.number(flag(r.opens, 1)|flag(r.decode, 2), r.dataset+1, r.tokens())
	}
	for _, id := range t.ids {
		p.number(int(id))
	}
	return p
}

func flag(set bool, bit int) int {
	if set {
		return bit
	}
	return 0
}

// packer appends numbers and texts.
type packer []byte

func (p *packer) number(values ...int) {
	for _, v := range values {
		*p = binary.AppendUvarint(*p, uint64(v))
	}
}

func (p *packer) text(s string) {
	p.number(len(s))
	*p = append(*p, s...)
}

// unpacker reads what a packer wrote; after the first failure it reads zeros.
type unpacker struct {
	r   *bufio.Reader
	err error
}

// number reads a number of at most most.
func (u *unpacker) number(most int) int {
	if u.err != nil {
		return 0
	}
	n, err := u.varint()
	if err == nil && n > uint64(most) {
		err = errBeyond
	}
	if err != nil {
		u.fail(err)
		return 0
	}
	return int(n)
}

// varint reads one, and a single byte, as nearly all are, without a detour.
func (u *unpacker) varint() (uint64, error) {
	b, err := u.r.ReadByte()
	if err != nil || b < 0x80 {
		return uint64(b), err
	}
	_ = u.r.UnreadByte() // cannot fail right after a read
	return binary.ReadUvarint(u.r)
}

func (u *unpacker) text(most int) string {
	b := make([]byte, u.number(most))
	if u.err == nil {
		_, err := io.ReadFull(u.r, b)
		u.fail(err)
	}
	return string(b)
}

func (u *unpacker) fail(err error) {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if u.err == nil {
		u.err = err
	}
}

// unpackTrace reads what packTrace wrote. It trusts nothing: the form is public.
func unpackTrace(r *bufio.Reader) (*Trace, error) {
	_, _ = r.Discard(len(packedMagic)) // peeked before
	u := &unpacker{r: r}
	t := &Trace{Layers: u.number(maxLayers), TopK: u.number(maxChoices), Experts: u.number(maxExpertID)}
	for range u.number(maxTraceRows) {
		if u.err != nil {
			break
		}
		t.Datasets = append(t.Datasets, u.text(maxName))
	}
	u.runs(t)
	u.ids(t)
	if _, err := r.ReadByte(); u.err == nil && err != io.EOF {
		u.fail(errTrailing)
	}
	if u.err != nil {
		return nil, refuse(1, "the packed trace is damaged: %v", u.err)
	}
	return t, nil
}

func (u *unpacker) runs(t *Trace) {
	for range u.number(maxTraceRows) {
		flags, dataset, tokens := u.number(3), u.number(len(t.Datasets))-1, u.number(maxTraceRows)
		if u.err != nil {
			return
		}
		opens := flags&1 != 0
		if tokens == 0 || !opens && t.Requests == 0 {
			u.fail(errForm)
			return
		}
		t.Requests += flag(opens, 1)
		t.runs = append(t.runs, run{dataset, opens, flags&2 != 0, t.Tokens, t.Tokens + tokens})
		t.Tokens += tokens
		if t.Tokens*t.Layers > maxTraceRows || t.Tokens*t.Layers*t.TopK > maxTraceIDs {
			u.fail(errBeyond)
		}
	}
}

func (u *unpacker) ids(t *Trace) {
	if t.Tokens*t.Layers*t.TopK*t.Experts == 0 {
		u.fail(errForm)
		return
	}
	// What a hostile header claims is not reserved before it is read.
	t.ids = make([]uint16, 0, min(t.Tokens*t.Layers*t.TopK, 1<<22))
	top := 0
	for range t.Tokens * t.Layers {
		least := 0
		for range t.TopK {
			id := u.number(t.Experts - 1)
			if id < least {
				u.fail(errForm)
			}
			if u.err != nil {
				return
			}
			t.ids = append(t.ids, uint16(id))
			least = id + 1
		}
		top = max(top, least)
	}
	if top != t.Experts {
		u.fail(errForm)
	}
}

// damage is what can be wrong with a file as a whole.
type damage string

const (
	errBeyond   damage = "a number is out of range"
	errForm     damage = "its parts do not fit each other"
	errTrailing damage = "something follows its end"
	errTooLong  damage = "the trace is longer than 256 MiB"
)

// Error implements error.
func (d damage) Error() string { return string(d) }
