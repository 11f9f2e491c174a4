// Package wire holds every message that crosses a boundary: between page and
// worker, browser and server, and inside a link. TypeScript's types are
// generated from it (wasm/wiregen).
//
// It knows formats only. What a message asks for is done by core and backend.
package wire

import (
	"encoding/json"
	"errors"
	"fmt"

	"monde/core/device"
	"monde/core/fault"
	"monde/core/report"
	"monde/core/sweep"
	"monde/core/unit"
)

// Version is the version of every message of this package.
const Version = 1

// Kind says what a Message carries.
type Kind string

// Kinds. A stream is any number of progress, partial and rows messages, then a report,
// swept or failed message, then end. After end the client closes.
const (
	KindProgress Kind = "progress"
	KindPartial  Kind = "partial" // results so far
	KindReport   Kind = "report"
	KindAdvice   Kind = "advice"  // in place of a report, of op advise
	KindInverse  Kind = "inverse" // of op inverse
	KindRows     Kind = "rows"    // of a sweep, as they come
	KindSwept    Kind = "swept"   // in place of a report, of a sweep
	KindMoved    Kind = "moved"   // the server leaves: connect again and go on; in place of end
	KindFailed   Kind = "failed"
	KindEnd      Kind = "end"
)

// Message is one message of the stream of a run, of advice or of an inverse. Exactly the field that Kind names is
// set; end carries nothing.
type Message struct {
	V        int             `json:"v"`
	Seq      int64           `json:"seq"` // ascending; whoever names the last one it saw misses nothing but progress that newer progress replaced
	Kind     Kind            `json:"kind"`
	At       int64           `json:"at_ms,omitempty"` // when it was said, on a server: Unix time
	Progress *Progress       `json:"progress,omitempty"`
	Partial  *Partial        `json:"partial,omitempty"`
	Report   *report.Report  `json:"report,omitempty"`
	Advice   *report.Advice  `json:"advice,omitempty"`
	Inverse  *report.Inverse `json:"inverse,omitempty"`
	Rows     *Rows           `json:"rows,omitempty"`
	Swept    *SweepState     `json:"swept,omitempty"`
	Failed   *Failed         `json:"failed,omitempty"`
}

// Progress says how far a run has come; advice and inverses count runs, sweeps points.
type Progress struct {
	Done  int64     `json:"done"` // layers simulated, of all passes
	Total int64     `json:"total"`
	Now   unit.Time `json:"now_ps"` // simulated

	Remaining int64   `json:"remaining_ms,omitempty"` // on the server, by the pace so far; absent: not known yet
	Rate      float64 `json:"rate,omitempty"`         // points a second, of a sweep
	Workers   int     `json:"workers,omitempty"`      // that take part

	Clocked   int `json:"clocked,omitempty"` // experts simulated clock by clock for the layer that is running
	ClockedOf int `json:"clocked_of,omitempty"`
}

// Partial is a result of a run that goes on: the layers of the passes so far.
type Partial struct {
	Latency unit.Time `json:"latency_ps"` // so far
	Passes  int       `json:"passes"`     // complete
	Tokens  int64     `json:"tokens"`     // processed so far
}

// Failed says why a run has no report.
type Failed struct {
	Code   Code          `json:"code"`
	Reason string        `json:"reason"`
	Fields []fault.Field `json:"fields"` // every mistake of the caller, with its path
}

// Code is what kind of failure a Failed is.
type Code string

// Codes.
const (
	CodeInvalid   Code = "invalid"   // the caller's to mend: Fields says where
	CodeCancelled Code = "cancelled" // somebody asked for it
	CodeBusy      Code = "busy"      // try again later
	CodeInternal  Code = "internal"  // ours
)

// Op is what a Request asks of core in the page's worker.
type Op string

// Ops.
const (
	OpCatalog Op = "catalog" // -> Catalog
	OpRun     Op = "run"     // Scenario -> messages, the last of kind report or failed
	OpResolve Op = "resolve" // Scenario -> Resolved
	OpEncode  Op = "encode"  // Scenario -> Link
	OpDecode  Op = "decode"  // Link -> Resolved
	OpModel   Op = "model"   // Config (a Hugging Face config.json) -> Resolved
	OpLook    Op = "look"    // Scenario, Look -> Sight: one expert on its device, clock by clock
	OpAdvise  Op = "advise"  // Scenario, Advise -> messages, the last of kind advice or failed
	OpInverse Op = "inverse" // Scenario, Inverse -> messages, the last of kind inverse or failed
	OpPlace   Op = "place"   // Scenario, Place -> Placed: one expert wherever it may be computed
)

// Request is one call of the page's worker into core.
type Request struct {
	Op       Op              `json:"op"`
	Scenario json.RawMessage `json:"scenario,omitempty"`
	Link     string          `json:"link,omitempty"`   // a fragment, or a query of readable parameters
	Config   json.RawMessage `json:"config,omitempty"` // op model
	Spans    bool            `json:"spans,omitempty"`  // op run: fill report.Timeline
	Look     *Look           `json:"look,omitempty"`   // op look
	Place    *Place          `json:"place,omitempty"`  // op place

	Advise  *report.AdviceAsk  `json:"advise,omitempty"`  // op advise
	Inverse *report.InverseAsk `json:"inverse,omitempty"` // op inverse
}

// Look is what to show of one expert of a scenario's model on its device.
type Look struct {
	Tokens int   `json:"tokens"` // that the expert gets, 1 to 512
	PMove  bool  `json:"pmove"`  // another expert leaves over the link meanwhile
	From   int64 `json:"from"`   // clock of the memory at which the picture begins
	Clocks int64 `json:"clocks"` // that it shows, 1 to 20,000
}

// Place is which tokens one expert gets, one number after the other.
type Place struct {
	Tokens []int `json:"tokens"` // each 1 to 65,536, at most 512 of them
}

// Validate reports every number that no Place can have; of too many, only that.
func (p Place) Validate() error {
	if len(p.Tokens) > report.MaxPlaced {
		return fault.At("tokens", "must hold at most %d numbers, got %d", report.MaxPlaced, len(p.Tokens))
	}
	var all []error
	for i, t := range p.Tokens {
		all = append(all, fault.Within(fmt.Sprintf("tokens[%d]", i), t, 1, report.MaxPlacedTokens))
	}
	return errors.Join(all...)
}

// Reply answers every Op but run, advise and inverse. Failed is set if nothing else is.
type Reply struct {
	V        int       `json:"v"`
	Failed   *Failed   `json:"failed,omitempty"`
	Catalog  *Catalog  `json:"catalog,omitempty"`
	Resolved *Resolved `json:"resolved,omitempty"`
	Link     string    `json:"link,omitempty"` // "#v1...."
	Trace    *Trace    `json:"trace,omitempty"`

	Sight  *device.Sight  `json:"sight,omitempty"`
	Placed *report.Placed `json:"placed,omitempty"`
}

// Resolved is a scenario written in full, and as short as it can be.
type Resolved struct {
	Full     json.RawMessage  `json:"full"`  // every field; scenario.Scenario
	Short    json.RawMessage  `json:"short"` // differences from the defaults, presets by name
	Warnings []report.Warning `json:"warnings"`
	Estimate float64          `json:"estimate_ms"` // about how long one run takes, natively; for deciding whether to ask
}

// Catalog lists what a user may choose from.
type Catalog struct {
	Engine     string          `json:"engine"`
	Default    json.RawMessage `json:"default"` // the default scenario in full
	Models     []Choice        `json:"models"`
	Machines   []Choice        `json:"machines"`
	Parts      []Part          `json:"parts"` // of a machine, that have presets of their own
	Strategies []Strategy      `json:"strategies"`
	Tables     []Table         `json:"tables"` // measured routing
	Scenarios  []Choice        `json:"scenarios"`
}

// Part is one part of a machine, and its presets.
type Part struct {
	Key     string   `json:"key"` // in the machine's JSON
	Choices []Choice `json:"choices"`
}

// Choice is one preset.
type Choice struct {
	Name  string          `json:"name"`
	Title string          `json:"title"` // a line for people
	Text  string          `json:"text"`  // a sentence or two for people
	Value json.RawMessage `json:"value"` // the part of a scenario that it stands for
}

// Strategy is one composition of the axes.
type Strategy struct {
	Name   string          `json:"name"`
	Title  string          `json:"title"` // a line for people
	Text   string          `json:"text"`  // a sentence or two for people
	Source string          `json:"source"`
	Badges []string        `json:"badges"`
	Usual  bool            `json:"usual"` // compared unless somebody says otherwise
	Value  json.RawMessage `json:"value"` // what it sets of a scenario's strategy
}

// Table is one set of measured routing.
type Table struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Datasets []string `json:"datasets"`
	Experts  int      `json:"experts"`
	TopK     int      `json:"top_k"`
	Layers   int      `json:"layers"`
	Trace    bool     `json:"trace"` // a token-level trace, not only popularity
	File     string   `json:"file"`  // of the trace, beside the page; empty if none
	Licence  string   `json:"licence"`
	Origin   string   `json:"origin"`
}

// Trace describes a trace file that was read.
type Trace struct {
	Name     string `json:"name"`
	SHA256   string `json:"sha256"`
	Requests int    `json:"requests"`
	Tokens   int    `json:"tokens"`
	Layers   int    `json:"layers"`
	Experts  int    `json:"experts"` // the highest id seen, and one
	TopK     int    `json:"top_k"`
}

// RunState is a run on the server.
type RunState struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"` // of the scenario, as are the next three
	Model    string  `json:"model"`
	Machine  string  `json:"machine"`
	Strategy string  `json:"strategy"`
	State    State   `json:"state"`
	Stream   string  `json:"stream"` // path of its WebSocket
	Failed   *Failed `json:"failed,omitempty"`
	Digest   string  `json:"digest,omitempty"`
	Watchers int     `json:"watchers"` // of this server
	Engine   string  `json:"engine"`
	Reused   bool    `json:"reused,omitempty"` // the result was known before
	Created  string  `json:"created"`          // RFC 3339, as are the next two
	Started  string  `json:"started,omitempty"`
	Finished string  `json:"finished,omitempty"`
}

// SweepAsk starts a sweep on the server.
type SweepAsk struct {
	Scenario json.RawMessage `json:"scenario"` // as of a run
	Sweep    sweep.Spec      `json:"sweep"`
}

// SweepState is a sweep on the server.
type SweepState struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"` // of the scenario, as are the next three
	Model    string          `json:"model"`
	Machine  string          `json:"machine"`
	Strategy string          `json:"strategy"`
	State    State           `json:"state"`
	Stream   string          `json:"stream"`  // path of its WebSocket
	Results  string          `json:"results"` // path of its rows
	Failed   *Failed         `json:"failed,omitempty"`
	Points   int             `json:"points"`
	Done     int             `json:"done"`        // points recorded
	Bad      int             `json:"bad"`         // of those, without a result
	Reused   int             `json:"reused"`      // of those, known before
	Estimate int64           `json:"estimate_ms"` // of the whole on one core
	Scenario json.RawMessage `json:"scenario"`    // as short as it can be
	Sweep    sweep.Spec      `json:"sweep"`
	Watchers int             `json:"watchers"` // of this server
	Engine   string          `json:"engine"`
	Created  string          `json:"created"` // RFC 3339, as are the next two
	Started  string          `json:"started,omitempty"`
	Finished string          `json:"finished,omitempty"`
}

// Rows are rows of a sweep, in the order in which they came.
type Rows struct {
	List []sweep.Row `json:"list"`
}

// RowsPage is a part of a sweep's rows, by index.
type RowsPage struct {
	Rows []sweep.Row `json:"rows"`
	Next string      `json:"next,omitempty"` // path of the rows that follow; absent: none yet
}

// RunList is a part of the list of runs, newest first.
type RunList struct {
	Runs []RunState `json:"runs"`
	Next string     `json:"next,omitempty"` // path of older ones; absent: none
}

// SweepList is a part of the list of sweeps, newest first.
type SweepList struct {
	Sweeps []SweepState `json:"sweeps"`
	Next   string       `json:"next,omitempty"` // path of older ones; absent: none
}

// State is how far a run on the server has come.
type State string

// States.
const (
	StateQueued    State = "queued"
	StateRunning   State = "running"
	StateDone      State = "done"
	StateFailed    State = "failed"
	StateCancelled State = "cancelled"
)
