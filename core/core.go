// Package core is the one door to the simulator for wasm and backend.
package core

import (
	"context"
	"errors"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
)

// Engine is the version of the simulator: any change that moves a digest moves it.
const Engine = "0.1.0"

// Run simulates s. The error is the caller's to mend if fault.Is says so, and
// otherwise ctx's. p may be the zero Probe.
func Run(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
	return report.Report{}, errors.New("core: not written yet")
}

// A Session answers a page's requests, and keeps the traces attached to it. It
// is not safe for concurrent use.
type Session struct{}

// Call answers one wire.Request: emit receives one wire.Reply, or for op run a
// stream of wire.Message, each as JSON.
func (s *Session) Call(request []byte, emit func([]byte)) {}

// Attach reads a trace file (shipped or the user's) and returns a wire.Reply as
// JSON whose Trace describes it, or whose Failed names the line that is wrong.
func (s *Session) Attach(name string, file []byte) []byte { return nil }
