package job

import (
	"encoding/json"
	"strconv"
	"strings"

	"monde/core/sweep"
	"monde/core/wire"
)

// A task is one piece, as a worker gets it: all that it needs to know.
type task struct {
	Job      string          `json:"job"`
	Piece    int             `json:"piece"`
	Kind     Kind            `json:"kind"`
	Scenario json.RawMessage `json:"scenario"` // in full
	Paths    []string        `json:"paths,omitempty"`
	Points   []point         `json:"points,omitempty"` // of a sweep
}

// A point is one of a sweep's.
type point struct {
	Index  int           `json:"i"`
	Values []sweep.Value `json:"v"`
}

// An outcome is a piece that is done.
type outcome struct {
	Job    string       `json:"job"`
	Piece  int          `json:"piece"`
	Worker string       `json:"worker"`
	Millis int64        `json:"ms"`
	Rows   []sweep.Row  `json:"rows,omitempty"`   // of a sweep
	Keys   []ContentKey `json:"keys,omitempty"`   // of those rows that were computed and may be remembered, by place; zero: none
	Reused int          `json:"reused,omitempty"` // rows that were known before
	Report []byte       `json:"report,omitempty"` // of a run, packed
	Digest string       `json:"digest,omitempty"`
	Key    *ContentKey  `json:"key,omitempty"` // of the report
	Failed *wire.Failed `json:"failed,omitempty"`
}

// A step says how far a worker is with a piece. Nobody needs it: it may get lost.
type step struct {
	Piece    int            `json:"piece"`
	Done     int            `json:"done,omitempty"` // points
	Progress *wire.Progress `json:"progress,omitempty"`
	Partial  *wire.Partial  `json:"partial,omitempty"`
}

// A beat says that a worker is there.
type beat struct {
	Worker string `json:"worker"`
	Slots  int    `json:"slots"`
	Busy   int    `json:"busy"`
	Engine string `json:"engine"`
	Left   bool   `json:"left,omitempty"` // its last word
}

// An Event is what a job says to watchers. What is large stays in the record: rows and
// results are fetched from there by whoever serves the watcher.
type Event struct {
	Kind     wire.Kind      `json:"kind"`
	At       int64          `json:"at"` // Unix time in ms
	Progress *wire.Progress `json:"progress,omitempty"`
	Partial  *wire.Partial  `json:"partial,omitempty"`
	Piece    int            `json:"piece,omitempty"` // of kind rows
}

// Subjects. Job IDs are letters and digits.
func ticketSubject(job string) string { return "monde.ticket." + job }
func workSubject(engine, job string, n int) string {
	return "monde.work." + token(engine) + "." + job + "." + strconv.Itoa(n)
}
func outcomeSubject(job string, n int) string { return "monde.outcome." + job + "." + strconv.Itoa(n) }
func stepSubject(job string) string           { return "monde.step." + job }
func cancelSubject(job string) string         { return "monde.cancel." + job }

// EventSubject returns where a job's events of a kind are published; "*" is any kind.
func EventSubject(job, kind string) string { return "monde.event." + job + "." + kind }

const (
	beatSubject   = "monde.beat"
	recallSubject = "monde.recall"
)

// token returns a version as one word of a subject.
func token(version string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '*' || r == '>' || r <= ' ' {
			return '_'
		}
		return r
	}, version)
}

// encoded returns v as JSON. Nothing that is sent here is beyond JSON.
func encoded(v any) []byte {
	doc, err := json.Marshal(v)
	if err != nil {
		panic("job: bug: " + err.Error())
	}
	return doc
}

// readBeat reads a worker's beat, if it is of an engine.
func readBeat(doc []byte, engine string) (beat, bool) {
	var b beat
	err := json.Unmarshal(doc, &b)
	return b, err == nil && b.Engine == engine && b.Worker != "" && b.Slots > 0 && b.Slots < 1<<16
}
