package driver

import (
	"monde/core/device"
	"monde/core/device/memory"
	"monde/core/dram"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// Device is what the expert runs on: a Spec with every default filled in.
type Device struct {
	Name       string              `json:"name"`
	Count      int                 `json:"count"`
	Grade      string              `json:"grade"`
	Channels   int                 `json:"channels"`
	Capacity   unit.Bytes          `json:"memory_bytes"` // as the scenario says; that of the banks is the layout's
	Layout     memory.Layout       `json:"layout"`
	Refresh    dram.Refresh        `json:"refresh"`
	Controller dram.Kind           `json:"controller"`
	Bandwidth  unit.BytesPerSecond `json:"bandwidth_bytes_per_s"` // that the faster fidelities count with
	Peak       unit.BytesPerSecond `json:"peak_bytes_per_s"`      // of the pins
	Command    unit.Time           `json:"command_ps"`
	NDP        ndp.Spec            `json:"ndp"`
	Source     string              `json:"memory_source"`
}

// describe fills in the defaults of a valid s.
func describe(s device.Spec) (Device, error) {
	channel, n, err := s.DRAM.Memory()
	if err != nil {
		return Device{}, fault.In("device.dram", err)
	}
	return Device{
		Name: s.Name, Count: s.Count, Grade: channel.Name, Channels: n, Capacity: s.Memory, Layout: s.DRAM.Lay(channel, n),
		Refresh: channel.Controller.Refresh, Controller: channel.Controller.Kind,
		Bandwidth: device.New(s).Rate(), Peak: s.DRAM.Peak(), Command: s.Command, NDP: s.NDP, Source: channel.Source,
	}, nil
}
