package dram

// Op is a DRAM command.
type Op uint8

// Commands, named as JEDEC does. Where a standard opens a row by two commands
// (LPDDR5), ACT is the first of them; elsewhere it is the only one.
const (
	ACT   Op = iota // ACT1 of LPDDR5
	ACT2            // LPDDR5 only
	PRE             // closes one bank
	PREab           // closes every bank of a rank
	CASRD           // LPDDR5: starts the data clock (WCK) for a read
	CASWR           // LPDDR5: the same for a write
	RD
	WR
	RDA // RD, and closes the bank
	WRA // WR, and closes the bank
	REFab
	REFpb
	Ops // how many there are
)

// String returns the JEDEC name; ACT is the one-command activation.
func (o Op) String() string {
	return [...]string{"ACT", "ACT2", "PREpb", "PREab", "CAS_RD", "CAS_WR", "RD", "WR", "RDA", "WRA", "REFab", "REFpb"}[o]
}

// access says whether o moves data.
func (o Op) access() bool { return o >= RD && o <= WRA }

// A Place is where a burst or a command goes. In a command that serves a whole
// rank, Group, Bank, Row and Col are -1; in a refresh of one bank, Row and Col.
type Place struct {
	Rank, Group, Bank int32
	Row, Col          int32 // Col counts bursts within the row
}

// A Command is one that a channel issued.
type Command struct {
	Clock   int64
	Channel int32
	Op      Op
	Place
}

// A Request asks a channel for one burst.
type Request struct {
	Arrive  int64 // clock from which on it may be sent
	Channel int32
	Tag     int32 // the asker's; see Source
	Write   bool
	Place
}

// OpName returns what s calls op: ACT is ACT1 where a row is opened by two.
func (s Spec) OpName(op Op) string {
	if op == ACT && s.Standard == LPDDR5 {
		return "ACT1"
	}
	return op.String()
}
