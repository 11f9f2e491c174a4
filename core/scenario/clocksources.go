package scenario

import (
	"fmt"

	"monde/core/device"
	"monde/core/report"
)

// clockSources says where the numbers came from that only fidelity cycle uses: of
// the device's memory and of its core's buffers.
func clockSources(d device.Spec) []report.Source {
	usual, mine := d.DRAM.Resolved(), d.DRAM
	buffers := d.NDP.Buffers()
	row := func(field string, value any, set bool, kind report.Kind, text string) report.Source {
		if set {
			kind, text = report.User, "set by the scenario; "+text
		}
		return report.Source{Path: "machine.device." + field, Value: fmt.Sprint(value), Kind: kind, Text: text}
	}
	return []report.Source{
		row("dram.grade", usual.Grade, mine.Grade != "", report.Paper, monde+"as reported by readers: LPDDR up to 8533 MT/s; timings are nanoseconds of Ramulator 2.1's LPDDR5_6400 (JESD209-5B), CL and CWL assumed"),
		row("dram.channels", usual.Channels, mine.Channels != 0, report.Paper, monde+"as reported by readers: 8 modules of 64 bits; as 32 channels of 16"),
		row("dram.layout", usual.Layout, mine.Layout != "", report.Assumed, "the paper gives none; successive bursts go to other channels, then other bank groups"),
		row("dram.refresh", usual.Refresh, mine.Refresh != "", report.Assumed, "LPDDR5 allows it; the other banks go on"),
		row("dram.controller", usual.Controller, mine.Controller != "", report.Assumed, "ours; package dram says what it does"),
		row("dram.pmove_from", usual.PMoveFrom, mine.PMoveFrom != "", report.Assumed, "the paper does not say which memory PMove reads"),
		row("ndp.weight_buffer_bytes", buffers.Weights, d.NDP.WeightBuffer != 0, report.Assumed, monde+"as reported by readers: 264 KB in all; the split is ours"),
		row("ndp.activation_buffer_bytes", buffers.Activations, d.NDP.ActivationBuffer != 0, report.Assumed, monde+"as reported by readers: 264 KB in all; the split is ours"),
		row("ndp.output_buffer_bytes", buffers.Outputs, d.NDP.OutputBuffer != 0, report.Assumed, monde+"as reported by readers: 264 KB in all; the split is ours"),
		row("ndp.order", d.NDP.Order.Resolved(), d.NDP.Order != "", report.Assumed, "ceil(tokens/rows) passes, as the paper's text implies"),
	}
}
