package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"monde/core/fault"
	"monde/core/sweep"
)

// axisOf reads "PATH=1,2,4", "PATH=FROM..TO:STEPS" or the like.
func axisOf(text string) (sweep.Axis, error) {
	path, rest, ok := strings.Cut(text, "=")
	if !ok || rest == "" {
		return sweep.Axis{}, fault.At("", "must be PATH=VALUES or PATH=FROM..TO:STEPS, got %q", text)
	}
	axis := sweep.Axis{Path: strings.TrimSpace(path)}
	if from, to, ok := strings.Cut(rest, ".."); ok {
		if v, err := strconv.ParseFloat(strings.TrimSpace(from), 64); err == nil {
			axis.From = v
			return axis, rangeOf(&axis, to)
		}
	}
	for _, v := range strings.Split(rest, ",") {
		axis.Values = append(axis.Values, valueOf(strings.TrimSpace(v)))
	}
	return axis, nil
}

// rangeOf reads what follows the first end: "TO", "TO:STEPS", "TO:STEPS:log", "TO:log".
func rangeOf(axis *sweep.Axis, text string) (err error) {
	parts := strings.Split(text, ":")
	if axis.To, err = strconv.ParseFloat(strings.TrimSpace(parts[0]), 64); err != nil {
		return fault.At("to", "must be a number, got %q", parts[0])
	}
	for _, part := range parts[1:] {
		part = strings.TrimSpace(part)
		switch n, err := strconv.Atoi(part); {
		case err == nil && axis.Steps == 0 && axis.Scale == "":
			axis.Steps = n
		case err != nil && axis.Scale == "" && (part == string(sweep.Log) || part == string(sweep.Linear)):
			axis.Scale = sweep.Scale(part)
		default:
			return fault.At("", "a range is FROM..TO:STEPS, then :log for equal ratios; got %q", part)
		}
	}
	return nil
}

// valueOf reads a number, true, false or a name. Quotes, as in JSON, make a name of a
// number.
func valueOf(text string) sweep.Value {
	var v sweep.Value
	if json.Unmarshal([]byte(text), &v) == nil && text != "null" {
		return v
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
		return sweep.Number(n) // ".5", "+1"
	}
	return sweep.Name(text)
}

// axesOf reads every --axis; as many axes of a --spec come before them.
func axesOf(texts []string, before int) ([]sweep.Axis, []error) {
	var axes []sweep.Axis
	var errs []error
	for i, text := range texts {
		a, err := axisOf(text)
		axes = append(axes, a)
		errs = append(errs, fault.In(fmt.Sprintf("axes[%d]", before+i), err))
	}
	return axes, errs
}
