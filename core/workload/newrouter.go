package workload

import (
	"errors"

	"monde/core/model"
)

// NewRouter returns the Router of a valid Spec for a valid model.
func NewRouter(s Spec, m model.Spec, seed uint64, traces Traces) (Router, Origin, error) {
	return nil, Origin{}, errors.New("workload: not written yet")
}
