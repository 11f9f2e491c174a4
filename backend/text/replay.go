package text

import (
	"fmt"
	"io"

	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/replay"
	"monde/core/workload"
)

// WriteReplays writes what replays of one trace found: a row a mix of cache and predictor,
// a column a capacity, whatever order they come in. It returns the first error of w.
func WriteReplays(w io.Writer, t *workload.Trace, results []replay.Result, layers bool) error {
	p := &page{w: w}
	first := results[0]
	p.line("%s · %s of %d experts, top-%d · %s, %s", t.Name, many(t.Layers, "layer"), t.Experts, t.TopK, many(first.Requests, "request"), many(int(first.Steps), "step"))
	p.line("%s at once · a gate asks for %.1f experts", many(first.Spec.Batch, "request"), first.Union)
	p.line("")
	p.hitRates(results)
	p.predictions(results)
	if layers {
		p.byLayer(results)
	}
	return p.err
}

// mix is what a row is of.
type mix struct {
	cache     replace.Name
	predictor predict.Name
}

func of(r replay.Result) mix { return mix{r.Spec.Cache.Name, r.Spec.Predict.Name} }

func (m mix) name() string {
	if m.predictor == predict.Nothing {
		return string(m.cache)
	}
	return string(m.cache) + " + " + string(m.predictor)
}

func (p *page) hitRates(results []replay.Result) {
	rows := [][]string{{"hit rate, by slots of " + scopeOf(results[0])}}
	for _, r := range results {
		if of(r) != of(results[0]) {
			break
		}
		rows[0] = append(rows[0], count(int64(r.Spec.Cache.Slots)))
	}
	for i, r := range results {
		if i%(len(rows[0])-1) == 0 {
			rows = append(rows, []string{of(r).name()})
		}
		at := len(rows) - 1
		rows[at] = append(rows[at], percent(r.HitRate))
	}
	p.table(rows)
}

func scopeOf(r replay.Result) string {
	if r.Spec.Cache.Scope == replace.Model {
		return "the model"
	}
	return "each layer"
}

// predictions lists predictors, each with the largest cache of the first policy.
func (p *page) predictions(results []replay.Result) {
	rows := [][]string{{"predictor", "expects", "recall", "precision", "there in time", "GoodPred"}}
	at := map[predict.Name]int{}
	replayed := false
	for _, r := range results {
		name := r.Spec.Predict.Name
		if name == predict.Nothing || r.Spec.Cache.Name != results[0].Spec.Cache.Name {
			continue
		}
		if at[name] == 0 {
			at[name] = len(rows)
			rows = append(rows, nil)
		}
		gates := r.Steps * int64(max(1, len(r.Layers)-r.Spec.Predict.Distance)) // of which anything is known
		rows[at[name]] = []string{
			string(name), fmt.Sprintf("%.1f", float64(r.Score.Predicted)/float64(max(1, gates))),
			percent(r.Recall), percent(r.Precision), percent(r.Score.FetchRate()), percent(r.GoodPred),
		}
		replayed = replayed || r.Replayed
	}
	if len(rows) == 1 {
		return
	}
	p.line("")
	p.table(rows)
	p.line("GoodPred is precision · share there in time (ProMoE), with %d slots. There is no clock: what is expected and has a slot is there in time.", results[len(results)-1].Spec.Cache.Slots)
	if replayed {
		p.line("token-table, skip-gate, learned and rpp are replayed: right by draw, with the accuracy that was published.")
	}
}

func (p *page) byLayer(results []replay.Result) {
	rows := [][]string{{"layer"}}
	for l := range results[0].Layers {
		rows = append(rows, []string{count(int64(l))})
	}
	for _, r := range results {
		rows[0] = append(rows[0], fmt.Sprintf("%s %d", of(r).name(), r.Spec.Cache.Slots))
		for l, layer := range r.Layers {
			rows[l+1] = append(rows[l+1], percent(layer.HitRate))
		}
	}
	p.line("")
	p.table(rows)
}
