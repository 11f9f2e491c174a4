package device

import (
	"errors"
	"strings"

	"monde/core/device/memory"
	"monde/core/dram"
	"monde/core/fault"
	"monde/core/unit"
)

// DRAM is the device's memory as the cycle-level model has it. What is absent has
// the default that its comment names.
type DRAM struct {
	Grade      string       `json:"grade,omitempty"`      // of dram.Grades; absent: lpddr5x_8533
	Channels   int          `json:"channels,omitempty"`   // of 16 bits; absent: 32, MoNDE's eight modules of 64 bits
	Layout     memory.Order `json:"layout,omitempty"`     // of weights; absent: bank groups interleaved by burst
	Refresh    dram.Refresh `json:"refresh,omitempty"`    // absent: per-bank
	Controller dram.Kind    `json:"controller,omitempty"` // window or streaming; absent: streaming
	PMoveFrom  PMoveSource  `json:"pmove_from,omitempty"` // absent: host
}

// PMoveSource says which memory PMove reads. MoNDE does not say.
type PMoveSource string

// Sources of PMove.
const (
	FromHost   PMoveSource = "host"   // the host keeps a copy of the experts
	FromDevice PMoveSource = "device" // the only copy: PMove takes bandwidth of the device
)

// Defaults of DRAM.
const (
	usualGrade    = "lpddr5x_8533"
	usualChannels = 32
)

// Resolved returns d with its defaults filled in.
func (d DRAM) Resolved() DRAM {
	return DRAM{
		Grade: or(d.Grade, usualGrade), Channels: or(d.Channels, usualChannels), Layout: or(d.Layout, memory.SeqBG),
		Refresh: or(d.Refresh, dram.PerBank), Controller: or(d.Controller, dram.Streaming), PMoveFrom: or(d.PMoveFrom, FromHost),
	}
}

// Memory returns one channel, and how many there are.
func (d DRAM) Memory() (dram.Spec, int, error) {
	d = d.Resolved()
	s, err := grade(d.Grade)
	if err != nil {
		return s, 0, err
	}
	s.Channels = 1
	s.Controller.Kind, s.Controller.Refresh = d.Controller, d.Refresh
	return s, d.Channels, nil
}

func grade(name string) (dram.Spec, error) {
	var names []string
	for _, s := range dram.Grades() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return dram.Spec{}, fault.At("grade", "must be one of %s, got %q", strings.Join(names, ", "), name)
}

func (d DRAM) validate() error {
	s, n, err := d.Memory()
	if err != nil {
		return err
	}
	d = d.Resolved()
	layout := d.Layout
	_, order := layout.Fields()
	from := d.PMoveFrom
	kind, refresh := s.Controller.Kind, s.Controller.Refresh
	return errors.Join(
		fault.Unless(kind == dram.Window || kind == dram.Streaming, "controller", "must be %q or %q, got %q", dram.Window, dram.Streaming, kind),
		fault.Unless(refresh == dram.NoRefresh || refresh == dram.AllBanks || refresh == dram.PerBank, "refresh",
			"must be %q, %q or %q, got %q", dram.NoRefresh, dram.AllBanks, dram.PerBank, refresh),
		fault.Within("channels", n, 1, 1024),
		fault.In("layout", order),
		fault.Unless(strings.HasSuffix(string(layout), "|channel|offset"), "layout", "must end in channel|offset: every run is shared by all channels, got %q", layout),
		fault.Unless(from == FromHost || from == FromDevice, "pmove_from", "must be %q or %q, got %q", FromHost, FromDevice, from),
	)
}

// Lay returns where bytes lie: activations have a bank of each group to
// themselves.
func (d DRAM) Lay(s dram.Spec, channels int) memory.Layout {
	g := s.Geometry
	return memory.Layout{
		Geometry: memory.Geometry{
			Channels: channels, Ranks: g.Ranks, BankGroups: g.Groups, Banks: g.Banks, Rows: g.Rows, Columns: g.Bursts, Burst: g.Burst,
		},
		Weights: d.Resolved().Layout, Activations: memory.SeqBG, ActivationBanks: min(1, g.Banks-1),
	}
}

// Peak returns the bandwidth of all pins.
func (d DRAM) Peak() unit.BytesPerSecond {
	s, n, err := d.Memory()
	if err != nil {
		return 0
	}
	s.Channels = n
	return s.Peak()
}

func or[V comparable](v, otherwise V) V {
	var none V
	if v == none {
		return otherwise
	}
	return v
}
