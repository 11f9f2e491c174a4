package fit

import (
	"context"
	"math"
	"reflect"
	"strings"

	"monde/backend/validate"
	"monde/core/gpu"
)

// group is the constants with one tag, and the rows that tell of them.
type group struct {
	name    string
	rows    func(*validate.Row) bool
	predict predictor

	fitted, held []validate.Row
}

// groups are in the order of fitting: later kernels contain earlier ones.
var groups = [...]group{
	{name: "dense", rows: in("h100/ffn", "graph"), predict: kernels},
	{name: "eager", rows: launched, predict: engine},
	{name: "loop", rows: in("h100/graph_layers", "ideal_loop"), predict: kernels},
	{name: "grouped", rows: in("h100/graph_layers", "ideal_grouped"), predict: kernels},
	{name: "attention", rows: in("h100/dense", "prefill graph", "decode graph"), predict: kernels},
	{name: "fused", rows: tiles(gpu.NewTiles), predict: kernels},
	{name: "old", rows: tiles(gpu.OldTiles), predict: kernels},
	{name: "link", rows: in("h100/link"), predict: engine},
	{name: "host", rows: in("h100/cpu"), predict: engine},
	{name: "host layers", rows: in("h100/layers", "am_cpu", "hybrid"), predict: engine},
}

// in selects rows of a set, and of some strategies of it.
func in(set string, strategies ...string) func(*validate.Row) bool {
	return func(r *validate.Row) bool {
		for _, s := range strategies {
			if r.Set == set && r.Strategy == s {
				return true
			}
		}
		return r.Set == set && len(strategies) == 0
	}
}

// launched selects what is launched eagerly: one FFN, attention, and layers of resident
// experts.
func launched(r *validate.Row) bool {
	return in("h100/ffn", "eager")(r) || in("h100/dense", "prefill eager", "decode eager")(r) || in("h100/layers", "ideal")(r)
}

// tiles selects the fused kernel with old or new tiles.
func tiles(t gpu.Tiles) func(*validate.Row) bool {
	return func(r *validate.Row) bool {
		runs := r.Scenarios()
		return r.Set == "gpu_moe/moe_kernels" && len(runs) > 0 && runs[0].Machine.GPU.Tiles == t
	}
}

// take gives g its rows; those without a prediction are left out.
func (g *group) take(rows []validate.Row) {
	g.fitted, g.held = nil, nil
	for _, r := range rows {
		switch {
		case r.Problem != "" || !g.rows(&r):
		case r.Fitted:
			g.fitted = append(g.fitted, r)
		default:
			g.held = append(g.held, r)
		}
	}
}

// errors returns those of g's rows with constants k.
func (g *group) errors(ctx context.Context, k gpu.Constants) (Errors, error) {
	fitted, err := mean(ctx, g.fitted, g.predict, k)
	if err != nil {
		return Errors{}, err
	}
	held, err := mean(ctx, g.held, g.predict, k)
	return Errors{fitted, held, len(g.fitted), len(g.held)}, err
}

// mean returns the mean absolute relative error of rows, sets of measurements counting
// alike however many rows they have; 0 of none.
func mean(ctx context.Context, rows []validate.Row, predict predictor, k gpu.Constants) (float64, error) {
	sums, counts := map[string]float64{}, map[string]float64{}
	var sets []string
	for i := range rows {
		p, err := predict(ctx, &rows[i], k)
		if err != nil {
			return 0, err
		}
		set := rows[i].Set
		if counts[set] == 0 {
			sets = append(sets, set)
		}
		sums[set] += math.Abs(p/rows[i].Measured - 1)
		counts[set]++
	}
	total := 0.0
	for _, set := range sets {
		total += sums[set] / counts[set]
	}
	return total / float64(max(1, len(sets))), nil
}

// field is one of gpu.Constants.
type field struct {
	name  string
	index int
	share bool // at most 1
}

// tagged returns the constants of a group.
func tagged(group string) []field {
	var all []field
	t := reflect.TypeFor[gpu.Constants]()
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("fit") == group {
			all = append(all, field{f.Name, i, strings.HasPrefix(f.Tag.Get("text"), "share")})
		}
	}
	return all
}

func (f field) of(k *gpu.Constants) float64 { return reflect.ValueOf(k).Elem().Field(f.index).Float() }

// set reports whether v is one that the constant can have.
func (f field) set(k *gpu.Constants, v float64) bool {
	reflect.ValueOf(k).Elem().Field(f.index).SetFloat(v)
	return v > 0 && (v <= 1 || !f.share)
}
