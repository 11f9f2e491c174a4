// Package record says how a job is written down, the same way in every store: JSON with
// a version beside the job's own fields.
//
// A record that cannot be read whole is refused rather than guessed at, for the next
// change would write it back without what was not understood. It leaves out where
// records lie: packages sqlite and kv.
package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"monde/backend/job"
)

// Version is the version of the records that this program writes. A field that is added
// to job.Job, or changes its meaning, needs a new one.
const Version = 1

// maxID bounds an ID, which is part of keys and subjects.
const maxID = 64

type stored struct {
	V int `json:"v"`
	job.Job
}

// ValidID reports whether id can name a job: letters, digits, - and _.
func ValidID(id string) bool {
	for _, c := range []byte(id) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// Encode returns j as stores keep it.
func Encode(j job.Job) ([]byte, error) {
	if err := sound(j); err != nil {
		return nil, fmt.Errorf("job %q cannot be kept: %w", j.ID, err)
	}
	raw, err := json.Marshal(stored{Version, j})
	if err != nil {
		return nil, fmt.Errorf("job %q cannot be kept: %w", j.ID, err)
	}
	return raw, nil
}

// Decode reads the record that is kept under id. Its errors name the job.
func Decode(id string, raw []byte) (job.Job, error) {
	var s stored
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(&s)
	if err == nil {
		err = whole(dec)
	}
	if v := version(raw); v > Version { // whatever else is strange about it follows from that
		err = fmt.Errorf("it is of version %d, and this program knows up to %d", v, Version)
	} else if err == nil && s.V != Version {
		err = fmt.Errorf("it has no version")
	}
	if err == nil && s.ID != id {
		err = fmt.Errorf("it is of job %q", s.ID)
	}
	if err == nil {
		err = sound(s.Job)
	}
	if err != nil {
		return job.Job{}, fmt.Errorf("the record of job %q cannot be read: %w", id, err)
	}
	return s.Job, nil
}

// whole fails if more follows the record.
func whole(dec *json.Decoder) error {
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// version returns the version that raw claims, or 0.
func version(raw []byte) int {
	var head struct {
		V int `json:"v"`
	}
	if json.Unmarshal(raw, &head) != nil {
		return 0
	}
	return head.V
}

// sound fails for a job whose methods would not work.
func sound(j job.Job) error {
	switch {
	case !ValidID(j.ID):
		return errors.New("its ID must be 1 to 64 letters, digits, - and _")
	case j.Size < 1:
		return fmt.Errorf("a piece must have at least 1 point, got %d", j.Size)
	case j.Points < 0:
		return fmt.Errorf("it must have at least 0 points, got %d", j.Points)
	}
	return nil
}

// Changed returns what change makes of j, of which it must be the only owner.
func Changed(j job.Job, change func(*job.Job) error) (job.Job, error) {
	was := j
	if err := change(&j); err != nil {
		return job.Job{}, err
	}
	if j.ID != was.ID || j.Client != was.Client || j.Key != was.Key || !j.Created.Equal(was.Created) {
		return job.Job{}, fmt.Errorf("store: bug: a change of job %q touched what never changes", was.ID)
	}
	return j, nil
}

// Matches reports whether a page lists j, wherever it begins.
func Matches(p job.Page, j job.Job) bool {
	return (p.Kind == "" || p.Kind == j.Kind) && (p.Client == "" || p.Client == j.Client) && (!p.Live || !j.Over())
}
