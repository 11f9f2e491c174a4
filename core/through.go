//go:build !light

package core

import (
	"monde/core/device"
	"monde/core/fault"
)

// complete says that this module has all that core can do.
const complete = true

func through(stop fault.Stop, l device.Look) (device.Sight, error) { return l.Through(stop, nil) }
