package record_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"monde/backend/job"
	"monde/backend/store/record"
	"monde/core/sweep"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func example() job.Job {
	at := time.Date(2026, 11, 24, 1, 2, 3, 456789, time.UTC)
	return job.Job{
		ID: job.NewID(at), Kind: job.Sweep, Client: "c", Key: "k", Asked: "a", Engine: "e", Cost: 12,
		Scenario: json.RawMessage(`{"model":"mixtral-8x7b"}`),
		Sweep:    &sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{{Path: "workload.batch", From: 1, To: 8, Steps: 8}}},
		Points:   8, Size: 3, Done: 1, Created: at, Finished: at.Add(time.Second),
	}
}

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	j := example()
	raw, err := record.Encode(j)
	if err != nil {
		t.Fatal(err)
	}
	got, err := record.Decode(j.ID, raw)
	if err != nil || !reflect.DeepEqual(got, j) {
		t.Errorf("got %+v, %v; want %+v", got, err, j)
	}
}

func TestWhatCannotBeReadWholeIsRefusedByName(t *testing.T) {
	raw, err := record.Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	id, good := example().ID, string(raw)
	// The ID differs from one example to the next, so that of the record is put right first.
	good = strings.Replace(good, good[strings.Index(good, `"id":"`)+6:strings.Index(good, `","kind"`)], id, 1)
	check := func(raw, want string) {
		t.Helper()
		_, err := record.Decode(id, []byte(raw))
		if err == nil || !strings.Contains(err.Error(), id) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: got %v, want an error that names %s and says %q", raw, err, id, want)
		}
	}
	check("", "EOF")
	check("\x00\xff", "invalid character")
	check("null", "no version")
	check("[]", "cannot unmarshal")
	check(good+"{}", "something follows")
	check(strings.Replace(good, `"v":1`, `"v":2,"shape":{"new":true}`, 1), "version 2")
	check(strings.Replace(good, `"v":1`, `"v":1,"shape":0`, 1), "unknown field")
	check(strings.Replace(good, `"v":1,`, ``, 1), "no version")
	check(strings.Replace(good, id, "other", 1), `of job "other"`)
	check(strings.Replace(good, `"size":3`, `"size":0`, 1), "at least 1 point")
	check(strings.Replace(good, `"points":8`, `"points":-8`, 1), "at least 0 points")
}

func TestAJobThatNoStoreCouldReadIsNotWritten(t *testing.T) {
	for _, spoil := range []func(*job.Job){
		func(j *job.Job) { j.ID = "" },
		func(j *job.Job) { j.ID = "a.b" },
		func(j *job.Job) { j.ID = strings.Repeat("a", 65) },
		func(j *job.Job) { j.Size = 0 },
		func(j *job.Job) { j.Points = -1 },
		func(j *job.Job) { j.Scenario = json.RawMessage("{") },
	} {
		j := example()
		spoil(&j)
		if _, err := record.Encode(j); err == nil {
			t.Errorf("kept %+v", j)
		}
	}
}

func TestAChangeKeepsWhoAJobIs(t *testing.T) {
	boom := errors.New("boom")
	if _, err := record.Changed(example(), func(*job.Job) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("got %v, want what the change said", err)
	}
	if _, err := record.Changed(example(), func(j *job.Job) error { j.Client = "d"; return nil }); err == nil {
		t.Error("a change touched the client")
	}
	if j, err := record.Changed(example(), func(j *job.Job) error { j.Done = 7; return nil }); err != nil || j.Done != 7 {
		t.Errorf("got %d, %v", j.Done, err)
	}
}

// FuzzStoredJob: whatever lies in a store, it is read whole or refused, and what is read
// works and is written back the same.
func FuzzStoredJob(f *testing.F) {
	raw, err := record.Encode(example())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(raw), "", "null", "{}", `{"v":1,"id":"a","size":1}`, `{"v":9}`, "\x00"} {
		f.Add("a", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, id string, raw []byte) {
		j, err := record.Decode(id, raw)
		if err != nil {
			return
		}
		j.Over()
		j.Range(j.Pieces())
		again, err := record.Encode(j)
		if err != nil {
			t.Fatalf("read %q, but it cannot be written: %v", raw, err)
		}
		back, err := record.Decode(id, again)
		if err != nil {
			t.Fatalf("wrote %q, but it cannot be read: %v", again, err)
		}
		if third, _ := record.Encode(back); string(third) != string(again) {
			t.Fatalf("written twice: %q, then %q", again, third)
		}
	})
}
