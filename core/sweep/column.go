package sweep

// ColumnKind says what a Column holds.
type ColumnKind string

// Kinds of columns.
const (
	WholeColumn ColumnKind = "whole"
	RealColumn  ColumnKind = "real"
	TruthColumn ColumnKind = "truth"
	TextColumn  ColumnKind = "text"
)

// Cell is what a row has in one column: the field that the column's Kind names.
type Cell struct {
	Whole int64
	Real  float64
	Truth bool
	Text  string
}

// Column is one column of rows as a table.
type Column struct {
	Name     string // of a result: as in JSON
	Unit     string // "ps", "B"; empty: a count, a share or a name
	Kind     ColumnKind
	Optional bool // absent from rows without a result

	get func(*Row) Cell
}

// Of returns what r has in the column, and whether it has anything.
func (c Column) Of(r *Row) (Cell, bool) {
	if c.Optional && r.Result == nil {
		return Cell{}, false
	}
	return c.get(r), true
}

// Columns returns the columns of the rows of a sweep: the point's number, its values,
// why it has no result, and its result.
func Columns(axes []Axis) []Column {
	all := []Column{{Name: "index", Kind: WholeColumn, get: func(r *Row) Cell { return Cell{Whole: int64(r.Index)} }}}
	for i, a := range axes {
		all = append(all, a.column(i))
	}
	all = append(all, Column{Name: "failed", Kind: TextColumn, get: func(r *Row) Cell { return Cell{Text: r.Failed} }})
	return append(all, results()...)
}

// column returns the column of axis i: numbers if all its values are, and otherwise text.
func (a Axis) column(i int) Column {
	at := func(r *Row) Value {
		if i < len(r.Values) {
			return r.Values[i]
		}
		return Value{}
	}
	for _, v := range a.Values {
		if _, ok := v.Number(); !ok {
			return Column{Name: a.Path, Kind: TextColumn, get: func(r *Row) Cell { return Cell{Text: at(r).String()} }}
		}
	}
	return Column{Name: a.Path, Kind: RealColumn, get: func(r *Row) Cell {
		v, _ := at(r).Number() // Plan gives an axis of numbers nothing else
		return Cell{Real: v}
	}}
}

// results returns the columns of a Result, in the order of its fields.
func results() []Column {
	return []Column{
		text("digest", func(r *Result) string { return r.Digest }),
		whole("latency_ps", "ps", func(r *Result) int64 { return int64(r.Latency) }),
		whole("bound_ps", "ps", func(r *Result) int64 { return int64(r.Bound) }),
		whole("tokens", "", func(r *Result) int64 { return r.Tokens }),
		real("tokens_per_second", "1/s", func(r *Result) float64 { return r.TokensPerSecond }),
		whole("ttft_ps", "ps", func(r *Result) int64 { return int64(r.TTFT) }),
		whole("tpot_mean_ps", "ps", func(r *Result) int64 { return int64(r.TPOTMean) }),
		whole("tpot_p99_ps", "ps", func(r *Result) int64 { return int64(r.TPOTP99) }),
		whole("energy_pj", "pJ", func(r *Result) int64 { return int64(r.Energy) }),
		real("energy_per_token", "pJ", func(r *Result) float64 { return r.EnergyPerToken }),
		text("limit", func(r *Result) string { return r.Limit }),
		real("limit_share", "", func(r *Result) float64 { return r.LimitShare }),
		whole("link_in_bytes", "B", func(r *Result) int64 { return int64(r.LinkIn) }),
		whole("link_out_bytes", "B", func(r *Result) int64 { return int64(r.LinkOut) }),
		whole("gpu_bytes", "B", func(r *Result) int64 { return int64(r.GPUBytes) }),
		truth("fits", func(r *Result) bool { return r.Fits }),
		whole("hot_experts", "", func(r *Result) int64 { return r.HotExperts }),
		real("hit_rate", "", func(r *Result) float64 { return r.HitRate }),
		truth("simulated_only", func(r *Result) bool { return r.Simulated }),
	}
}

func whole(name, unit string, of func(*Result) int64) Column {
	return Column{name, unit, WholeColumn, true, func(r *Row) Cell { return Cell{Whole: of(r.Result)} }}
}

func real(name, unit string, of func(*Result) float64) Column {
	return Column{name, unit, RealColumn, true, func(r *Row) Cell { return Cell{Real: of(r.Result)} }}
}

func truth(name string, of func(*Result) bool) Column {
	return Column{name, "", TruthColumn, true, func(r *Row) Cell { return Cell{Truth: of(r.Result)} }}
}

func text(name string, of func(*Result) string) Column {
	return Column{name, "", TextColumn, true, func(r *Row) Cell { return Cell{Text: of(r.Result)} }}
}
