package dram

// A Device is a channel without its controller: tests issue what they like.
type Device struct{ d device }

// NewDevice returns the device of s, which knows the rules of the commands that
// the controller of s issues.
func NewDevice(s Spec) *Device {
	var d Device
	d.d.init(s, compile(s))
	return &d
}

// Earliest returns the first clock at which op may go to p.
func (d *Device) Earliest(op Op, p Place) int64 {
	if op == PREab || op == REFab {
		return d.d.earliestAll(op, int(p.Rank))
	}
	return d.d.earliest(op, d.bank(p))
}

// Record issues op to p at clock now.
func (d *Device) Record(op Op, p Place, now int64) { d.d.record(op, d.bank(p), now) }

func (d *Device) bank(p Place) int {
	return int(p.Rank)*d.d.perRank + max(0, int(p.Group))*d.d.perGroup + max(0, int(p.Bank))
}

// LPDDR5At is lpddr5At.
func LPDDR5At(rate int) Timing { return lpddr5At(rate) }
