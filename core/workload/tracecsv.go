package workload

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// columns says which column of a CSV file holds what; -1 if none does.
type columns struct {
	request, phase, step, layer int
	experts                     []int
	count                       int
}

func readCSV(l *lines) (*Trace, error) {
	head, ok, err := l.next()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, refuse(1, "the file is empty")
	}
	c, err := parseHeader(l.n, strings.Split(string(head), ","))
	if err != nil {
		return nil, err
	}
	e := entry{experts: make([]int, len(c.experts))} // one for all rows
	return l.build(func(text []byte) (entry, error) {
		err := c.parse(l.n, text, &e)
		return e, err
	})
}

func parseHeader(line int, names []string) (columns, error) {
	for i := range names {
		names[i] = strings.Trim(names[i], ` "`)
	}
	find := func(name string) int { return slices.Index(names, name) }
	c := columns{find("request"), find("phase"), find("step"), find("layer"), nil, len(names)}
	for len(c.experts) <= maxChoices {
		at := find(fmt.Sprintf("e%d", len(c.experts)))
		if at < 0 {
			break
		}
		c.experts = append(c.experts, at)
	}
	if c.request < 0 || c.step < 0 || c.layer < 0 || len(c.experts) == 0 {
		return c, refuse(line, "not a trace: the header must name request, step, layer, e0, e1, ...; or each line be a JSON object")
	}
	return c, nil
}

// parse reads one line into e, which keeps nothing of the line before.
func (c columns) parse(line int, text []byte, e *entry) error {
	if n := bytes.Count(text, []byte{','}) + 1; n != c.count {
		return refuse(line, "has %d columns, the header %d", n, c.count)
	}
	var err error
	number := func(cell []byte, name string) int {
		n, bad := strconv.ParseInt(string(cell), 10, 32)
		if bad != nil && err == nil {
			err = refuse(line, "%s must be a whole number, got %q", name, clip(cell))
		}
		return int(n)
	}
	e.decode = false
	for i := 0; i < c.count; i++ {
		cell, rest, _ := bytes.Cut(text, []byte{','})
		text, cell = rest, bytes.Trim(cell, ` "`)
		switch i {
		case c.request:
			e.request = cell
		case c.phase:
			e.decode = string(cell) == "decode"
		case c.step:
			e.step = number(cell, "step")
		case c.layer:
			e.layer = number(cell, "layer")
		default:
			if at := slices.Index(c.experts, i); at >= 0 {
				e.experts[at] = number(cell, "an expert")
			}
		}
	}
	return err
}

// clip shortens what a message quotes.
func clip(cell []byte) []byte { return cell[:min(len(cell), 40)] }
