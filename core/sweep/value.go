package sweep

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"monde/core/fault"
)

// Value is what one field is set to: a number, a name or a truth value. The zero Value
// is no value of a sweep.
type Value struct {
	text  string // of a name; of a number, as JSON writes it
	named bool
}

// Number returns v as a value. Whole numbers that people read have all their digits.
func Number(v float64) Value {
	if v == math.Trunc(v) && math.Abs(v) < 1e21 {
		return Value{text: strconv.FormatFloat(v+0, 'f', -1, 64)} // 0 for -0
	}
	return Value{text: strconv.FormatFloat(v, 'g', -1, 64)}
}

// Name returns a name as a value.
func Name(s string) Value { return Value{text: s, named: true} }

// Number returns the number that v is, and whether it is one.
func (v Value) Number() (float64, bool) {
	if v.named {
		return 0, false
	}
	n, err := strconv.ParseFloat(v.text, 64)
	return n, err == nil
}

// String returns v for people: names without quotes.
func (v Value) String() string { return v.text }

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.named {
		return json.Marshal(v.text)
	}
	if v.text == "" {
		return []byte("null"), nil
	}
	return []byte(v.text), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Value) UnmarshalJSON(doc []byte) error {
	doc = bytes.TrimSpace(doc)
	switch {
	case len(doc) > 0 && doc[0] == '"':
		v.named = true
		return json.Unmarshal(doc, &v.text)
	case bytes.Equal(doc, []byte("true")), bytes.Equal(doc, []byte("false")):
		*v = Value{text: string(doc)}
		return nil
	}
	var n json.Number
	if len(doc) == 0 || json.Unmarshal(doc, &n) != nil || n == "" {
		return fault.At("", "must be a number, a name, true or false, got %.32q", doc)
	}
	*v = Value{text: n.String()}
	return nil
}
