package validate

import (
	"reflect"

	"monde/core/gpu"
)

// Constant is one number that predictions rest on and no datasheet holds.
type Constant struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Fit   string  `json:"fit,omitempty"` // the measurements that it is fitted to; absent: it is measured itself, or set
	Text  string  `json:"text"`          // what it is, its unit first where it has one
}

// Constants returns what kernels of GPUs have in common, in the order in which it is
// declared.
func Constants() []Constant {
	v := reflect.ValueOf(gpu.Fitted())
	all := make([]Constant, v.NumField())
	for i := range all {
		f := v.Type().Field(i)
		all[i] = Constant{f.Name, v.Field(i).Float(), f.Tag.Get("fit"), f.Tag.Get("text")}
	}
	return all
}
