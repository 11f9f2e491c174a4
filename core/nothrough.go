//go:build light

package core

import (
	"monde/core/device"
	"monde/core/fault"
)

// through is left out of the module that every visit loads.
func through(fault.Stop, device.Look) (device.Sight, error) {
	return device.Sight{}, fault.At("op", "%q is not part of this module", "look")
}
