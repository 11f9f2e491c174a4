package memory

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// A Geometry says how many of each part a device's memory has. Sizes need not be
// powers of two: LPDDR chips of 12 and 24 Gb have 3·2ⁿ rows. Those that are cost
// less to map.
type Geometry struct {
	Channels   int        `json:"channels"`
	Ranks      int        `json:"ranks"`       // a channel
	BankGroups int        `json:"bank_groups"` // a rank
	Banks      int        `json:"banks"`       // a bank group
	Rows       int        `json:"rows"`        // a bank
	Columns    int        `json:"columns"`     // bursts a row
	Burst      unit.Bytes `json:"burst_bytes"` // what one read command returns
}

// Validate reports every field that no memory can have. The limits are above any
// JEDEC standard's; the whole must be at most 1 PiB.
func (g Geometry) Validate() error {
	err := errors.Join(
		fault.Within("channels", g.Channels, 1, 1<<12),
		fault.Within("ranks", g.Ranks, 1, 1<<8),
		fault.Within("bank_groups", g.BankGroups, 1, 1<<8),
		fault.Within("banks", g.Banks, 1, 1<<8),
		fault.Within("rows", g.Rows, 1, 1<<24),
		fault.Within("columns", g.Columns, 1, 1<<16),
		fault.Within("burst_bytes", g.Burst, 8, 4096),
	)
	if err != nil {
		return err
	}
	left := maxBytes
	for f := Offset; f <= Row; f++ {
		left /= unit.Bytes(g.size(f))
	}
	return fault.Unless(left > 0, "", "must be at most %d bytes in all", maxBytes)
}

// Capacity returns how many bytes a valid g holds.
func (g Geometry) Capacity() unit.Bytes {
	all := unit.Bytes(1)
	for f := Offset; f <= Row; f++ {
		all *= unit.Bytes(g.size(f))
	}
	return all
}

// size returns how many values field f takes.
func (g Geometry) size(f Field) int {
	return [...]int{int(g.Burst), g.Channels, g.Ranks, g.BankGroups, g.Banks, g.Columns, g.Rows}[f]
}
