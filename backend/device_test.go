package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"monde/core/device/driver"
	"monde/core/unit"
)

// What the help says of the driver is what the driver says of itself.
func TestTheDefaultsOfADeviceAreTheDrivers(t *testing.T) {
	var r driver.Report
	if err := json.Unmarshal([]byte(output(t, "device", "switch-base-encoder", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	e := r.Host.Endpoint
	if r.Tokens != driver.Tokens || e.Queue != driver.Queue || e.Burst != driver.Burst || e.Poll != driver.Poll {
		t.Errorf("%d tokens, %+v", r.Tokens, e)
	}
	if e.Start != 100*unit.Nanosecond || e.ToDevice.Bandwidth != 32e9 || e.FromDevice.Latency != unit.Microsecond {
		t.Errorf("the link and the start are not the scenario's: %+v", e)
	}
	if r.Caveat != driver.Caveat || r.Check != nil || len(r.Host.Spans) == 0 || len(r.Served) == 0 || r.Sight.Bound == "" {
		t.Errorf("got %+v", r)
	}
}

func TestAnInterruptEndsALookAtADevice(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &console{strings.NewReader(""), io.Discard, io.Discard}
	if err := run(ctx, c, []string{"device"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestADeviceThatCannotBePrintedIsOurFault(t *testing.T) {
	full := errors.New("the disk is full")
	for _, args := range [][]string{{"device", "switch-base-encoder"}, {"device", "switch-base-encoder", "--json", "--check"}} {
		c := &console{strings.NewReader(""), failingWriter{full}, io.Discard}
		err := run(t.Context(), c, args)
		if !errors.Is(err, full) || tell(io.Discard, err) != ours {
			t.Errorf("%v: got %v", args, err)
		}
	}
}
