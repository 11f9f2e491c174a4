// Package strictjson lays a JSON document over a Go value and reports every
// mistake at once, each with its path.
//
// encoding/json stops at the first mistake and names unknown keys without their
// place. It leaves out what scenarios do not hold: pointers, maps, embedding.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"monde/core/fault"
	"monde/core/internal/order"
)

// maxFaults bounds how many mistakes of a hostile document are reported.
const maxFaults = 100

// Parse reads exactly one JSON value, keeping numbers as written.
func Parse(doc []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fault.At("", "not JSON: %v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.At("", "not JSON: more follows the first value")
	}
	return v, nil
}

// Overlay sets in *dst what tree, from Parse, names. What tree does not name
// stays. A slice is replaced whole.
func Overlay(dst any, tree any) error {
	o := overlay{}
	o.set("", reflect.ValueOf(dst).Elem(), tree)
	return errors.Join(o.errs...)
}

type overlay struct{ errs []error }

func (o *overlay) fail(path, format string, args ...any) {
	if len(o.errs) < maxFaults {
		o.errs = append(o.errs, fault.At(path, format, args...))
	}
}

func (o *overlay) set(path string, dst reflect.Value, v any) {
	switch dst.Kind() {
	case reflect.Struct:
		o.object(path, dst, v)
	case reflect.Slice:
		o.list(path, dst, v)
	case reflect.String:
		s, ok := v.(string)
		o.assign(ok, path, dst, reflect.ValueOf(s), "a string", v)
	case reflect.Bool:
		b, ok := v.(bool)
		o.assign(ok, path, dst, reflect.ValueOf(b), "true or false", v)
	case reflect.Float64:
		f, ok := real(v)
		o.assign(ok, path, dst, reflect.ValueOf(f), "a number", v)
	case reflect.Uint64:
		n, ok := whole(v)
		o.assign(ok && n >= 0, path, dst, reflect.ValueOf(n), "a whole number that is not negative", v)
	case reflect.Int, reflect.Int64:
		n, ok := whole(v)
		o.assign(ok, path, dst, reflect.ValueOf(n), "a whole number", v)
	default:
		panic(fmt.Sprintf("strictjson: bug: %s is a %s", path, dst.Kind()))
	}
}

func (o *overlay) assign(ok bool, path string, dst, src reflect.Value, want string, got any) {
	if !ok {
		o.fail(path, "must be %s, got %s", want, describe(got))
		return
	}
	dst.Set(src.Convert(dst.Type()))
}

func (o *overlay) object(path string, dst reflect.Value, v any) {
	object, ok := v.(map[string]any)
	if !ok {
		o.fail(path, "must be an object, got %s", describe(v))
		return
	}
	fields := fieldsOf(dst.Type())
	for _, key := range order.Keys(object) {
		i, ok := fields[key]
		if !ok {
			o.fail(dot(path, clip(key)), "unknown field; known are %s", strings.Join(order.Keys(fields), ", "))
			continue
		}
		o.set(dot(path, key), dst.Field(i), object[key])
	}
}

func (o *overlay) list(path string, dst reflect.Value, v any) {
	if v == nil {
		dst.SetZero()
		return
	}
	items, ok := v.([]any)
	if !ok {
		o.fail(path, "must be a list, got %s", describe(v))
		return
	}
	list := reflect.MakeSlice(dst.Type(), len(items), len(items))
	for i, item := range items {
		o.set(fmt.Sprintf("%s[%d]", path, i), list.Index(i), item)
	}
	dst.Set(list)
}

// fieldsOf maps the JSON names of t's fields to their index.
func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = i
		}
	}
	return fields
}

// whole returns v if it is a number without fraction that an int64 holds
// exactly; 24e9 is one.
func whole(v any) (int64, bool) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	if n, err := strconv.ParseInt(number.String(), 10, 64); err == nil {
		return n, true
	}
	f, err := number.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

func real(v any) (float64, bool) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := number.Float64()
	return f, err == nil
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return strconv.Quote(clip(v))
	default:
		return clip(fmt.Sprint(v))
	}
}

// clip keeps what a hostile document can put into a message short.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

func dot(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
