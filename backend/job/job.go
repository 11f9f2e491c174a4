// Package job runs what outgrows a browser: runs and sweeps, cut into pieces that any
// worker may do, on a queue that survives crashes of every part.
//
// A Store has the record of jobs and their results, a queue (NATS JetStream) has what is
// to be done. The record is enough to make the queue again. Pieces are delivered at
// least once and recorded once, so each point counts once. It leaves out HTTP and
// who a client is: package httpapi.
package job

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/wire"
)

// Kind is what a job does.
type Kind string

// Kinds.
const (
	Run   Kind = "run"   // one scenario, whose whole report is kept
	Sweep Kind = "sweep" // many, of each of which a row is kept
)

// Job is the record of one run or sweep. It is plain data: stores keep it as JSON.
type Job struct {
	ID       string `json:"id"`
	Kind     Kind   `json:"kind"`
	Client   string `json:"client"`        // who asked, as limits and fairness go by it
	Key      string `json:"key,omitempty"` // the client's idempotency key; empty: none
	Asked    string `json:"asked"`         // SHA-256 of what was asked for, which the key stands for
	Engine   string `json:"engine"`        // version of the simulator that it is for
	Cost     int64  `json:"cost_ms"`       // of the whole job on one core, estimated
	Title    string `json:"title"`         // of the scenario, as are the next three
	Model    string `json:"model"`         //
	Machine  string `json:"machine"`       //
	Strategy string `json:"strategy"`      //

	Scenario json.RawMessage `json:"scenario"` // in full
	Sweep    *sweep.Spec     `json:"sweep,omitempty"`
	Points   int             `json:"points"` // 1 for a run
	Size     int             `json:"size"`   // points of a piece; the last may have fewer

	State    wire.State   `json:"state"`
	Failed   *wire.Failed `json:"failed,omitempty"`
	Digest   string       `json:"digest,omitempty"` // of a run's report
	Done     int          `json:"done"`             // points recorded
	Bad      int          `json:"bad"`              // of those, without a result
	Reused   int          `json:"reused"`           // of those, known before
	Bytes    int64        `json:"bytes"`            // of pieces recorded
	Created  time.Time    `json:"created"`
	Started  time.Time    `json:"started,omitzero"`  // its first piece was given out
	Finished time.Time    `json:"finished,omitzero"` // zero: it goes on
}

// Over reports whether the job has ended, in whatever way.
func (j Job) Over() bool { return !j.Finished.IsZero() }

// Pieces returns how many pieces the job is cut into.
func (j Job) Pieces() int { return (j.Points + j.Size - 1) / j.Size }

// Range returns the points of piece n: from, up to but without to.
func (j Job) Range(n int) (from, to int) { return n * j.Size, min((n+1)*j.Size, j.Points) }

// NewID returns the name of a job that begins now. Names sort by time, and cannot be guessed.
func NewID(now time.Time) string {
	return fmt.Sprintf("%011x%s", now.UnixMilli(), strings.ToLower(rand.Text()[:16]))
}

// Final returns the kind of the message that tells a job's result, once it is over.
func (j Job) Final() wire.Kind {
	switch {
	case j.State != wire.StateDone:
		return wire.KindFailed
	case j.Kind == Run:
		return wire.KindReport
	default:
		return wire.KindSwept
	}
}

// Path returns where the API has the job.
func (j Job) Path() string { return "/api/v1/" + string(j.Kind) + "s/" + j.ID }

// RunState describes a run to clients.
func (j Job) RunState() wire.RunState {
	return wire.RunState{
		ID: j.ID, Title: j.Title, Model: j.Model, Machine: j.Machine, Strategy: j.Strategy,
		State: j.State, Stream: j.Path() + "/stream", Failed: j.Failed, Digest: j.Digest, Engine: j.Engine, Reused: j.Reused > 0,
		Created: stamp(j.Created), Started: stamp(j.Started), Finished: stamp(j.Finished),
	}
}

// SweepState describes a sweep to clients.
func (j Job) SweepState() wire.SweepState {
	s := wire.SweepState{
		ID: j.ID, Title: j.Title, Model: j.Model, Machine: j.Machine, Strategy: j.Strategy,
		State: j.State, Stream: j.Path() + "/stream", Results: j.Path() + "/results", Failed: j.Failed,
		Points: j.Points, Done: j.Done, Bad: j.Bad, Reused: j.Reused, Estimate: j.Cost, Engine: j.Engine,
		Created: stamp(j.Created), Started: stamp(j.Started), Finished: stamp(j.Finished),
	}
	if j.Sweep != nil {
		s.Sweep = *j.Sweep
	}
	if sc, err := scenario.Decode(j.Scenario); err == nil {
		s.Scenario = sc.Short()
	}
	return s
}

// stamp writes a time, if there is one.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}
