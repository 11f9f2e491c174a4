package sweep

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"monde/core/fault"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/scenario"
)

// A field is one place of a scenario that a sweep may set, or may not.
type field struct {
	path string
	kind reflect.Kind // Struct: a part
	what string       // that a name is the name of; empty: any name will do
	know []string     // such names
	why  string       // it may not be set; empty: it may
}

// What fields returns, made once. It is not a sync.OnceValue, which would run before main
// and so be part of every page's module; the page knows sweeps only as messages.
var (
	allFields []field
	once      sync.Once
)

// fields returns all of them, in the order of the scenario's types.
func fields() []field {
	once.Do(func() { gather(&allFields, "", reflect.TypeFor[scenario.Scenario]()) })
	return allFields
}

func gather(all *[]field, parent string, t reflect.Type) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		f := field{path: strings.TrimPrefix(parent+"."+name, "."), kind: t.Field(i).Type.Kind()}
		f.what, f.know = names(f.path)
		f.why = refused(f)
		*all = append(*all, f)
		if f.kind == reflect.Struct {
			gather(all, f.path, t.Field(i).Type)
		}
	}
}

// names returns what names are known at path, and of what; none if any name will do.
func names(path string) (what string, known []string) {
	switch path {
	case "model":
		for _, p := range model.Presets() {
			known = append(known, p.Spec.Name)
		}
		return "model", known
	case "machine":
		for _, p := range scenario.MachinePresets() {
			known = append(known, p.Machine.Name)
		}
		return "machine", known
	case "strategy.name":
		for _, n := range policy.Names() {
			known = append(known, string(n))
		}
		return "strategy", known
	}
	for _, s := range scenario.Slots() {
		if path == "machine."+s.Key {
			for _, p := range s.Presets {
				known = append(known, p.Name)
			}
			return s.What, known
		}
	}
	return "", nil
}

// refused says why f may not be set by a sweep.
func refused(f field) string {
	above, last := f.path, ""
	if i := strings.LastIndexByte(f.path, '.'); i >= 0 {
		above, last = f.path[:i], f.path[i+1:]
	}
	what, _ := names(above)
	switch {
	case f.kind == reflect.Struct && f.what == "":
		return "is a part, not a number or a name"
	case f.kind == reflect.Slice:
		return "is a list, not a number or a name"
	case f.path == "version" || f.path == "title":
		return "changes nothing of a run"
	case f.path == "workload.routing.file" || f.path == "workload.routing.sha256":
		return "names a file, which is the same for all points"
	case last == "name" && f.what == "" && what != "":
		return "is a name for people; " + strconv.Quote(above) + " takes the name of another " + what
	case last == "name" && strings.HasPrefix(above, "machine."):
		return "is a name for people"
	}
	return ""
}

// fieldAt returns the field at path, or why it cannot be swept, with what else could.
func fieldAt(path string) (field, error) {
	all := fields()
	i := slices.IndexFunc(all, func(f field) bool { return f.path == path })
	switch {
	case path == "":
		return field{}, fault.At("path", "must name a field of the scenario, as \"workload.batch\"")
	case i < 0:
		return field{}, fault.At("path", "a scenario has no field %q; %s", clip(path), hint(path))
	case all[i].why == "":
		return all[i], nil
	case all[i].kind == reflect.Struct:
		return field{}, fault.At("path", "%q %s; %s", path, all[i].why, hint(path+"."))
	default:
		return field{}, fault.At("path", "%q %s", path, all[i].why)
	}
}

// hint says which fields there are near one that is not there: those of the same name,
// or those of the part that there is.
func hint(path string) string {
	last := path[strings.LastIndexByte(path, '.')+1:]
	var same []string
	for _, f := range fields() {
		if f.why == "" && last != "" && strings.HasSuffix("."+f.path, "."+last) {
			same = append(same, f.path)
		}
	}
	if len(same) > 0 {
		return "did you mean " + strings.Join(same, " or ") + "?"
	}
	for parent := path; ; {
		parent = parent[:max(0, strings.LastIndexByte(parent, '.'))]
		if in := within(parent); len(in) > 0 {
			return "known are " + strings.Join(in, ", ")
		}
	}
}

// within returns the paths right below parent, which is empty for the scenario.
func within(parent string) []string {
	var in []string
	for _, f := range fields() {
		rest, ok := strings.CutPrefix(f.path, parent+".")
		if parent == "" {
			rest, ok = f.path, true
		}
		if ok && !strings.Contains(rest, ".") && (f.why == "" || f.kind == reflect.Struct) {
			in = append(in, f.path)
		}
	}
	return in
}

// clip keeps what a hostile document can put into a message short.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// whole reports whether the field's numbers have no fraction.
func (f field) whole() bool {
	return f.kind == reflect.Int || f.kind == reflect.Int64 || f.kind == reflect.Uint64
}

// numeric reports whether the field is a number.
func (f field) numeric() bool { return f.whole() || f.kind == reflect.Float64 }

// takes returns why v can never be a value of the field.
func (f field) takes(v Value) error {
	got := clip(v.text)
	if v.named {
		got = strconv.Quote(got)
	}
	n, number := v.Number()
	number = number && !math.IsInf(n, 0) && !math.IsNaN(n)
	switch {
	case len(v.text) > maxText:
		return fault.At("", "must be at most %d bytes, got %d", maxText, len(v.text))
	case f.kind == reflect.String || f.kind == reflect.Struct:
		if !v.named {
			return fault.At("", "must be a name, got %s", got)
		}
		return fault.Unless(len(f.know) == 0 || slices.Contains(f.know, v.text), "", "no %s is named %s; known are %s", f.what, got, strings.Join(f.know, ", "))
	case f.kind == reflect.Bool:
		return fault.Unless(!v.named && (v.text == "true" || v.text == "false"), "", "must be true or false, got %s", got)
	case f.kind == reflect.Float64:
		return fault.Unless(number, "", "must be a number, got %s", got)
	default:
		return fault.Unless(number && n == math.Trunc(n) && (n >= 0 || f.kind != reflect.Uint64), "", "must be a whole number, got %s", got)
	}
}
