package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"monde/core/fault"
)

func ExampleIn() {
	link := errors.Join(
		fault.Unless(false, "bandwidth", "must be positive, got %d B/s", 0),
		fault.Unless(true, "latency", "must not be negative"),
		fault.Unless(false, "width", "must be a power of two, got %d", 3),
	)
	fmt.Println(fault.In("machine.link", link))
	// Output:
	// machine.link.bandwidth: must be positive, got 0 B/s
	// machine.link.width: must be a power of two, got 3
}

func TestFieldsListsEveryMistakeThroughNestedJoins(t *testing.T) {
	err := errors.Join(fault.At("a", "x"), fault.In("b", errors.Join(fault.At("[2]", "y"), fault.At("", "z"))))
	got := fmt.Sprint(fault.Fields(err))
	if want := "[{a x} {b[2] y} {b z}]"; got != want {
		t.Errorf("Fields = %s, want %s", got, want)
	}
}

func TestAnErrorOfOursIsNotTheCallers(t *testing.T) {
	if fault.Is(errors.New("disk full")) || fault.Is(nil) {
		t.Error("Is took a plain error, or none, for a Field")
	}
	if got := fault.In("x", nil); got != nil {
		t.Errorf("In of no error is %v", got)
	}
}
