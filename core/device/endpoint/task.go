package endpoint

import (
	"errors"
	"fmt"

	"monde/core/device/isa"
	"monde/core/device/memory"
	"monde/core/fault"
	"monde/core/unit"
)

const line = memory.Line

// A Task is one instruction with what must cross the link for it. The product of
// an expert whose inputs or results stay on the device has no Write or no Read;
// one transfer a layer is all of Write on the first task and all of Read on the
// last.
type Task struct {
	Instruction isa.Instruction // its Tag is the driver's to set
	Write       unit.Bytes      // that must reach the device before it
	Read        unit.Bytes      // that the host reads when it is done
}

// Compute returns how long a device takes for an instruction, beyond Spec.Start.
// It is called once for each, in the order a device runs them. It must not be
// negative.
type Compute func(device int, i isa.Instruction) unit.Time

// Limits of one run: so low that no sum of times wraps, and far above a layer.
const (
	maxDevices            = 1 << 10
	maxTasks              = 1 << 20 // of all devices
	maxBytes   unit.Bytes = 1 << 40 // of all tasks
	maxTime    unit.Time  = 1 << 60 // of one instruction's compute: 13 days
	maxNow                = 1<<63 - 1 - 2*maxTime
)

// tagged returns i as the at-th instruction of its program.
func (t Task) tagged(at int32) isa.Instruction {
	i := t.Instruction
	i.Tag = uint32(at) + 1
	return i
}

// validate reports every field of the first task that is at fault.
func validate(tasks []Task) error {
	for i, t := range tasks {
		err := errors.Join(
			fault.In("instruction", t.tagged(int32(i)).Validate()),
			fault.Within("write_bytes", t.Write, 0, maxBytes),
			fault.Within("read_bytes", t.Read, 0, maxBytes))
		if err != nil {
			return fault.In(fmt.Sprintf("[%d]", i), err)
		}
	}
	return nil
}

// limit reports programs that are too large for one run.
func limit(programs [][]Task) error {
	var tasks int
	bytes := maxBytes
	for _, p := range programs {
		tasks += len(p)
		for _, t := range p {
			bytes -= min(bytes+1, max(0, t.Write))
			bytes -= min(bytes+1, max(0, t.Read))
		}
	}
	return errors.Join(
		fault.Unless(len(programs) <= maxDevices, "programs", "must be of at most %d devices, got %d", maxDevices, len(programs)),
		fault.Unless(tasks <= maxTasks, "programs", "must have at most %d tasks, got %d", maxTasks, tasks),
		fault.Unless(bytes >= 0, "programs", "must write and read at most %d bytes", maxBytes),
	)
}
