package main

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"monde/core/wire"
)

// declare writes the declaration of a type of this module, after those that it
// needs.
func (g *generator) declare(name string, t reflect.Type) {
	var text string
	switch {
	case t == reflect.TypeFor[wire.Message]():
		text = g.union(name, t)
	case t.Kind() == reflect.Struct:
		text = g.structure(name, t)
	case t.Kind() == reflect.String:
		text = g.values(name, t)
	default:
		g.fail("%s: only structs and strings have TypeScript types", t)
	}
	if doc := g.source(t).types[t.Name()]; doc != "" {
		fmt.Fprintf(&g.out, "\n/** %s */", doc)
	}
	g.out.WriteString("\n" + text)
}

// structure returns an interface, a line a field.
func (g *generator) structure(name string, t reflect.Type) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "export interface %s {\n", name+generic[t.String()])
	comments := g.source(t).fields[t.Name()]
	for _, f := range reflect.VisibleFields(t) {
		if field := g.field(t, f); field != "" {
			b.WriteString("  " + field + ";" + trailing(comments[f.Name]) + "\n")
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// field returns one member without its comment; none for a field that is not in
// JSON.
func (g *generator) field(t reflect.Type, f reflect.StructField) string {
	key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if key == "-" || !f.IsExported() {
		return ""
	}
	if key == "" {
		g.fail("%s.%s has no json tag", t, f.Name)
	}
	optional := ""
	of := f.Type
	if strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") {
		optional = "?"
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
	}
	expr := g.expr(of) // also declares what the table's own type is made of
	if known, ok := typed[t.String()+"."+f.Name]; ok {
		expr = known
	}
	return "readonly " + key + optional + ": " + expr
}

// values returns a named string type: its constants as an array, so that a form
// can list them, and their union.
func (g *generator) values(name string, t reflect.Type) string {
	constants := g.source(t).constants[t.Name()]
	if len(constants) == 0 {
		g.fail("%s has no constants", t)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "export const %s = [\n", name)
	for _, c := range constants {
		fmt.Fprintf(&b, "  '%s',%s\n", c.value, trailing(c.comment))
	}
	fmt.Fprintf(&b, "] as const;\nexport type %s = (typeof %s)[number];\n", name, name)
	return b.String()
}

// union returns wire.Message as a closed union: a kind and the field of the same
// name, if there is one.
func (g *generator) union(name string, t reflect.Type) string {
	kind, _ := t.FieldByName("Kind")
	g.expr(kind.Type)
	payload := map[string]reflect.Type{}
	var common []string
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Type.Kind() == reflect.Pointer:
			payload[key] = f.Type.Elem()
		case f.Name != "Kind":
			common = append(common, g.field(t, f))
		}
	}
	head := strings.Join(common, "; ")
	var b bytes.Buffer
	fmt.Fprintf(&b, "export type %s =\n", name)
	for _, c := range g.source(t).constants["Kind"] {
		fmt.Fprintf(&b, "  | {%s; readonly kind: '%s'", head, c.value)
		if of, ok := payload[c.value]; ok {
			fmt.Fprintf(&b, "; readonly %s: %s", c.value, g.expr(of))
		}
		b.WriteString("}\n")
	}
	return strings.TrimSuffix(b.String(), "\n") + ";\n"
}

func trailing(comment string) string {
	if comment == "" {
		return ""
	}
	return " // " + comment
}
