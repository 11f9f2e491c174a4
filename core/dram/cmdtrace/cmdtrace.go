// Package cmdtrace writes DRAM commands as the reference simulators print them,
// a line each, so that streams can be compared as text.
//
// What Ramulator 2.1 simulates reads `clk cmd rank bankgroup bank row col`, with
// columns as the device counts them; it opens a row by ACT, or by ACT1 and ACT2
// (LPDDR5). What DRAMsim3 simulates reads `clk cmd channel rank bankgroup bank
// row col` as its operator<< in src/common.cc has it, with col in bursts. A
// coordinate that a command does not have is -1.
//
// It leaves out DRAMsim3's padding, and Ramulator's several files for several
// channels: there, a comment line names the channel of the lines that follow.
package cmdtrace

import (
	"strconv"

	"monde/core/dram"
)

// Lines turns the commands of one memory into lines, in order.
type Lines struct {
	names   [dram.Ops]string
	umd     bool
	columns int64 // a burst
	many    bool  // channels, and no column for them
	channel int32 // that the last comment named
}

// Of returns the lines of s.
func Of(s dram.Spec) *Lines {
	l := &Lines{umd: s.Standard == dram.UMD, columns: int64(s.Geometry.Column), channel: -1}
	l.many = s.Channels > 1 && !l.umd
	for op := range l.names {
		l.names[op] = s.OpName(dram.Op(op))
	}
	if l.umd {
		for op, name := range map[dram.Op]string{
			dram.ACT: "activate", dram.PRE: "precharge", dram.RD: "read", dram.WR: "write",
			dram.RDA: "read_p", dram.WRA: "write_p", dram.REFab: "refresh", dram.REFpb: "refresh_bank",
		} {
			l.names[op] = name
		}
	}
	return l
}

// Header returns the comment that names the columns.
func (l *Lines) Header() string {
	if l.umd {
		return "# clk cmd ch ra bg ba row col\n"
	}
	return "# clk cmd ra bg ba row col\n"
}

// Append appends the line of c to dst. Where lines have no channel, a comment
// goes before it if c is in another channel than the command before.
func (l *Lines) Append(dst []byte, c dram.Command) []byte {
	if l.many && c.Channel != l.channel {
		l.channel = c.Channel
		dst = append(dst, "# channel "...)
		dst = append(strconv.AppendInt(dst, int64(c.Channel), 10), '\n')
	}
	dst = append(strconv.AppendInt(dst, c.Clock, 10), ' ')
	dst = append(dst, l.names[c.Op]...)
	if l.umd {
		return append(l.coordinates(dst, c), '\n')
	}
	col := int64(c.Col)
	if col >= 0 {
		col *= l.columns
	}
	for _, v := range [...]int64{int64(c.Rank), int64(c.Group), int64(c.Bank), int64(c.Row), col} {
		dst = strconv.AppendInt(append(dst, ' '), v, 10)
	}
	return append(dst, '\n')
}

// coordinates appends where c goes, as DRAMsim3 does: commands of its refreshes
// name no channel, row or column.
func (l *Lines) coordinates(dst []byte, c dram.Command) []byte {
	channel := c.Channel
	if c.Row < 0 {
		channel = -1
	}
	for _, v := range [...]int32{channel, c.Rank, c.Group, c.Bank} {
		dst = strconv.AppendInt(append(dst, ' '), int64(v), 10)
	}
	for _, v := range [...]int32{c.Row, c.Col} {
		sign := " 0x"
		if v < 0 {
			sign, v = " -0x", -v
		}
		dst = strconv.AppendInt(append(dst, sign...), int64(v), 16)
	}
	return dst
}
