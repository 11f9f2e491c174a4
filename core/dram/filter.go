package dram

// filter tells quickly that no request for a place is among those it was told of;
// when one may be, the caller has to look.
type filter struct{ counts [1024]uint16 }

func (f *filter) slot(bank int, row, col int32) *uint16 {
	h := uint64(uint32(row))*0x9e3779b1 ^ uint64(uint32(col))*0x85ebca6b ^ uint64(bank)*0xc2b2ae35
	return &f.counts[(h^h>>13)%uint64(len(f.counts))]
}

func (f *filter) add(bank int, row, col int32)      { *f.slot(bank, row, col)++ }
func (f *filter) drop(bank int, row, col int32)     { *f.slot(bank, row, col)-- }
func (f *filter) may(bank int, row, col int32) bool { return *f.slot(bank, row, col) > 0 }
