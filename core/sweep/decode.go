package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"monde/core/fault"
	"monde/core/internal/strictjson"
)

// Decode reads a Spec, and names every field that is unknown or of the wrong type. Plan
// says whether what it means can be.
func Decode(doc []byte) (Spec, error) {
	tree, err := strictjson.Parse(doc)
	if err != nil {
		return Spec{}, err
	}
	object, _ := tree.(map[string]any)
	axes, _ := object["axes"].([]any)
	values := make([][]Value, len(axes))
	var errs []error
	for i := range axes {
		if a, ok := axes[i].(map[string]any); ok {
			a = maps.Clone(a)
			values[i], err = valuesOf(a["values"])
			delete(a, "values")
			axes[i] = a
			errs = append(errs, fault.In(fmt.Sprintf("axes[%d].values", i), err))
		}
	}
	var s Spec
	if err := errors.Join(strictjson.Overlay(&s, tree), errors.Join(errs...)); err != nil {
		return Spec{}, err
	}
	for i := range s.Axes {
		s.Axes[i].Values = values[i]
	}
	return s, nil
}

// valuesOf returns a list of values; none for nothing.
func valuesOf(tree any) ([]Value, error) {
	if tree == nil {
		return nil, nil
	}
	list, ok := tree.([]any)
	if !ok {
		return nil, fault.At("", "must be a list")
	}
	values := make([]Value, len(list))
	var errs []error
	for i, x := range list {
		switch x := x.(type) {
		case string:
			values[i] = Name(x)
		case json.Number:
			values[i] = Value{text: x.String()}
		case bool:
			values[i] = Value{text: fmt.Sprint(x)}
		default:
			if len(errs) < 100 {
				errs = append(errs, fault.At(fmt.Sprintf("[%d]", i), "must be a number, a name, true or false"))
			}
		}
	}
	return values, errors.Join(errs...)
}
