package httpapi

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
	"monde/core/workload"
)

const csv = "request,step,layer,e0,e1\na,0,0,1,2\na,0,1,3,4\n"

func TestATraceReachesTheRunThatNamesIt(t *testing.T) {
	given := make(chan workload.Traces, 1)
	s := newSite(t, func(_ context.Context, sc scenario.Scenario, _ probe.Probe) (report.Report, error) {
		given <- sc.Traces
		return report.Report{}, nil
	}, nil)
	got := into[wire.Trace](t, s.ask("PUT", "/api/v1/traces?name=mine.csv", csv), http.StatusOK)
	if got.Name != "mine.csv" || got.Tokens != 1 || got.Layers != 2 || got.TopK != 2 {
		t.Errorf("the trace is %+v", got)
	}
	start(t, s, `{"workload":{"routing":{"source":"file","sha256":"`+got.SHA256+`"}}}`)
	if traces := <-given; traces[got.SHA256] == nil {
		t.Errorf("the run got %v", traces)
	}
}

func TestAFileThatIsNoTraceNamesItsLine(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	p := expectProblem(t, s.ask("PUT", "/api/v1/traces?name=x", csv+"a,0\n"), http.StatusUnprocessableEntity)
	if !strings.Contains(p.Errors[0].Message, "line 4") || p.Errors[0].Location != "body" {
		t.Errorf("got %+v", p.Errors[0])
	}
}
