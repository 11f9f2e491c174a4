// Package core is the one door to the simulator for wasm and backend.
//
// It runs scenarios, lists what there is to choose from, and answers a page's
// requests. What is simulated, and from which documents, is said by the packages
// below it; it leaves out all transport and storage.
package core

import (
	"encoding/binary"
	"encoding/hex"
	"monde/core/fault"
	"monde/core/internal/sha256"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/trust"
)

// Engine is the version of the simulator: any change that moves a digest moves it.
const Engine = "0.3.0"

// Run simulates s. The error is the caller's to mend if fault.Is says so, and
// otherwise stop's. p may be the zero Probe.
func Run(stop fault.Stop, s scenario.Scenario, p probe.Probe) (report.Report, error) {
	r, err := system.Run(stop, s, p)
	if err != nil {
		return report.Report{}, err
	}
	r.Engine = Engine
	r.Digest = digest(s, r)
	r.Trust = trust.Of(s, r.Provenance)
	return r, nil
}

// digest is the SHA-256 of the scenario, of the report without title,
// timeline and trust, and of the hash of all spans. Equal digests mean equal results.
func digest(s scenario.Scenario, r report.Report) string {
	spans := binary.LittleEndian.AppendUint64(nil, r.Spans)
	s.Title, r.Title, r.Timeline = "", "", report.Timeline{}
	h := sha256.New()
	for _, part := range [][]byte{s.Full(), encode(r), spans} {
		_, _ = h.Write(part) // a hash.Hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}
