package dram

// Level is a part of a channel that a timing rule is about.
type Level uint8

// Levels, from the widest to the narrowest.
const (
	InChannel Level = iota
	InRank
	InGroup
	InBank
)

// A Rule keeps two commands apart: To may follow From no sooner than Cycles
// later, wherever both are in the same channel, rank, bank group or bank. With
// Window n, it is the n-th last From that counts (tFAW: 4). With Other, To is
// in any other of those within the same parent: another rank, say.
type Rule struct {
	In       Level
	From, To []Op
	Cycles   int32
	Window   int32 // 0 means 1
	Other    bool
	Name     string // as the standard calls it
	Source   string
}

var (
	act      = []Op{ACT}
	pre      = []Op{PRE}
	preAll   = []Op{PREab}
	anyPre   = []Op{PRE, PREab}
	rd       = []Op{RD}
	wr       = []Op{WR}
	rda      = []Op{RDA}
	wra      = []Op{WRA}
	anyRD    = []Op{RD, RDA}
	anyWR    = []Op{WR, WRA}
	anyBurst = []Op{RD, WR, RDA, WRA}
	refAll   = []Op{REFab}
	refBank  = []Op{REFpb}
)

// sourced returns rows with the source of those that have none of their own.
func sourced(source string, rows []Rule) []Rule {
	for i := range rows {
		if rows[i].Source == "" {
			rows[i].Source = source
		}
	}
	return rows
}

// rankSwitch returns the rules that keep bursts of two ranks apart on the data
// bus. Those of the reference leave out that RD and WR take different times to
// their data, so that a WR after a RD of another rank may collide with it.
func rankSwitch(t Timing) []Rule {
	return sourced("ours: one burst at a time on the data bus", []Rule{
		{In: InRank, From: anyRD, To: anyWR, Cycles: t.CL + t.BL + t.CS - t.CWL, Other: true, Name: "rank switch"},
		{In: InRank, From: anyWR, To: anyRD, Cycles: t.CWL + t.BL + t.CS - t.CL, Other: true, Name: "rank switch"},
		{In: InRank, From: anyWR, To: anyWR, Cycles: t.BL + t.CS, Other: true, Name: "rank switch"},
	})
}
