package text

import (
	"fmt"
	"io"

	"monde/core/finetune"
	"monde/core/memread"
	"monde/core/report"
)

// WriteFinetune writes what one step of fine-tuning takes. It returns the first error
// of w.
func WriteFinetune(w io.Writer, gpu string, r finetune.Report) error {
	p, s := &page{w: w}, r.Spec
	p.line("One step with sparse adapters in host memory (MEFT, arXiv 2406.04984) · %s", gpu)
	p.line("%s of width %s, %d × %s, %s a layer, %d of them a token", many(s.Layers, "layer"), count(int64(s.DModel)), s.Batch, many(s.Tokens, "token"), many(s.Pairs, "pair"), s.K)
	p.line("")
	rows := [][]string{{"part, all layers", "on", "time", "share", "bytes"}}
	for _, x := range r.Parts {
		moved := ""
		if x.Bytes > 0 {
			moved = amount(x.Bytes)
		}
		rows = append(rows, []string{x.Name, x.On, duration(x.Time), share(x.Time, r.Time), moved})
	}
	p.table(append(rows, []string{"all, one after the other", "", duration(r.Time), "", ""}))
	p.line("")
	p.line("Adapters in GPU memory would take %s: this has %s of their speed.", duration(r.Resident), percent(r.Speed))
	p.line("All tokens together pick %.2f times K, %s of the pairs; %.2f times fewer weights move than whole adapters have.", r.Beta, percent(r.Activity), r.Traffic.Ratio)
	p.line("Closed forms: a framework's overhead is not in them, so the paper's 63 %% are a lower bar.")
	return p.err
}

// WriteMemread writes what reads of a store add to decoding. It returns the first error
// of w.
func WriteMemread(w io.Writer, base report.Report, r memread.Report) error {
	p := &page{w: w}
	p.line("Decoding that reads a store of facts (MemLLM, arXiv 2404.11672) · %s · %s · %s", base.Strategy, base.Model, base.Machine)
	p.line("")
	rows := [][]string{{"part of one read", "time", "share"}}
	for _, x := range r.Parts {
		rows = append(rows, []string{x.Name, duration(x.Time), share(x.Time, r.Read)})
	}
	p.table(append(rows, []string{"all", duration(r.Read), ""}))
	p.line("")
	p.line("A token takes %s, with reads %s: %.2f times as long, at a probability of %g.", duration(r.Base.Token), duration(r.Token), r.Slower, r.Spec.Probability)
	p.line("%s", fmt.Sprintf("The store's vectors take %s. No timing of such reads is published: all of this follows from its parameters.", amount(r.Store)))
	return p.err
}
