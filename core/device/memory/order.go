package memory

import (
	"slices"
	"strings"

	"monde/core/fault"
)

// Field is one part of an address.
type Field uint8

// Fields of an address. Offset is the byte in a burst.
const (
	Offset Field = iota
	Channel
	Rank
	BankGroup
	Bank
	Column
	Row
	fields int = iota
)

// String returns the name that an Order uses.
func (f Field) String() string { return fieldNames[f] }

var fieldNames = [fields]string{"offset", "channel", "rank", "bankgroup", "bank", "column", "row"}

// Order names every Field once, from the high end of an address to the low one,
// with | between. The lowest must be offset: a burst is contiguous.
type Order string

// Orders, named as the streams that the references were run with: of an LPDDR5
// channel's peak, Ramulator 2, DRAMsim3 and DRAMSys reach 91 to 92 % with SeqBG, and
// 49 to 90 % with SeqRow, which depends on their queues.
const (
	// SeqBG puts successive bursts in other channels, then other bank groups, so
	// that the short column-to-column delay applies.
	SeqBG Order = "row|rank|bank|column|bankgroup|channel|offset"
	// SeqRow reads a whole row of every channel, then turns to another bank group.
	SeqRow Order = "row|rank|bank|bankgroup|column|channel|offset"
)

// Fields returns what o names, the lowest first, or a fault with no path.
func (o Order) Fields() ([]Field, error) {
	names := strings.Split(string(o), "|")
	slices.Reverse(names)
	var list []Field
	for _, name := range names {
		f := Field(slices.Index(fieldNames[:], name)) // 255 if there is none
		if int(f) >= fields || slices.Contains(list, f) {
			return nil, fault.At("", "must name each of %s once with | between, got %q", strings.Join(fieldNames[:], ", "), string(o))
		}
		list = append(list, f)
	}
	if len(list) < fields || list[0] != Offset {
		return nil, fault.At("", "must name all %d fields and end in offset, got %q", fields, string(o))
	}
	return list, nil
}
