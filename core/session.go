package core

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"monde/core/fault"
	"monde/core/internal/strictjson"
	"monde/core/model"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/wire"
	"monde/core/workload"
)

// A Session answers a page's requests, and keeps the traces attached to it. The
// zero value is ready. It is not safe for concurrent use.
type Session struct {
	Search Search // nil: it knows no op advise or inverse

	traces workload.Traces
}

// Call answers one wire.Request: emit receives one wire.Reply, or for ops run,
// advise and inverse a stream of wire.Message, each as JSON. What it simulates ends when stop says so.
func (s *Session) Call(stop fault.Stop, request []byte, emit func([]byte)) {
	var q wire.Request
	if err := json.Unmarshal(request, &q); err != nil {
		send(emit, wire.Reply{V: wire.Version, Failed: Failure(fault.At("", "not a request: %v", err))})
		return
	}
	switch q.Op {
	case wire.OpRun:
		s.run(stop, q, emit)
		return
	case wire.OpAdvise, wire.OpInverse:
		s.find(stop, q, emit)
		return
	}
	reply, err := s.answer(stop, q)
	if err != nil {
		reply = wire.Reply{Failed: Failure(err)}
	}
	reply.V = wire.Version
	send(emit, reply)
}

// Attach reads a trace file (shipped or the user's) and returns a wire.Reply as
// JSON whose Trace describes it, or whose Failed names the line that is wrong.
func (s *Session) Attach(name string, file []byte) []byte {
	reply := wire.Reply{V: wire.Version}
	if !complete {
		reply.Failed = Failure(fault.At("file", "traces are not part of this module"))
		return encode(reply)
	}
	t, err := workload.ReadTrace(name, bytes.NewReader(file))
	if err != nil {
		reply.Failed = Failure(err)
	} else {
		reply.Trace = Describe(t)
		if s.traces == nil {
			s.traces = workload.Traces{}
		}
		s.traces[t.Name], s.traces[t.SHA256] = t, t
	}
	return encode(reply)
}

// Describe returns what there is to say about a trace.
func Describe(t *workload.Trace) *wire.Trace {
	return &wire.Trace{
		Name: t.Name, SHA256: t.SHA256, Requests: t.Requests, Tokens: t.Tokens,
		Layers: t.Layers, Experts: t.Experts, TopK: t.TopK,
	}
}

// Failure says what err is to a client.
func Failure(err error) *wire.Failed {
	f := &wire.Failed{Reason: err.Error(), Fields: fault.Fields(err)}
	switch {
	case len(f.Fields) > 0:
		f.Code = wire.CodeInvalid
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		f.Code = wire.CodeCancelled
	default:
		f.Code = wire.CodeInternal
	}
	return f
}

func (s *Session) answer(stop fault.Stop, q wire.Request) (wire.Reply, error) {
	switch q.Op {
	case wire.OpCatalog:
		c := Catalog()
		return wire.Reply{Catalog: &c}, nil
	case wire.OpResolve:
		return resolved(q.Scenario, []report.Warning{})
	case wire.OpEncode:
		sc, err := scenario.Decode(q.Scenario)
		if err != nil {
			return wire.Reply{}, err
		}
		return wire.Reply{Link: wire.EncodeLink(Engine, sc.Short())}, nil
	case wire.OpDecode:
		return decodeLink(q.Link)
	case wire.OpModel:
		return fromConfig(q)
	case wire.OpLook:
		return look(stop, q)
	case wire.OpPlace:
		return place(stop, q)
	}
	return wire.Reply{}, fault.At("op", "unknown: %q", q.Op)
}

func decodeLink(link string) (wire.Reply, error) {
	engine, doc, err := wire.DecodeLink(link)
	if err != nil {
		return wire.Reply{}, err
	}
	warnings := []report.Warning{}
	if engine != "" && engine != Engine {
		warnings = []report.Warning{{Text: fmt.Sprintf("The link was made with engine %.32q; this is %s, so numbers may differ.", engine, Engine)}}
	}
	return resolved(doc, warnings)
}

// fromConfig puts a Hugging Face model into the request's scenario, or into the
// default one.
func fromConfig(q wire.Request) (wire.Reply, error) {
	spec, notes, err := model.FromConfig(q.Config)
	if err != nil {
		return wire.Reply{}, err
	}
	doc, err := withModel(q.Scenario, spec)
	if err != nil {
		return wire.Reply{}, err
	}
	warnings := []report.Warning{}
	for _, n := range notes {
		warnings = append(warnings, report.Warning{Path: "model", Text: n})
	}
	return resolved(doc, warnings)
}

// withModel returns doc, a scenario or nothing, with its model replaced and its
// phase left to be chosen.
func withModel(doc []byte, spec model.Spec) ([]byte, error) {
	object := map[string]any{}
	if len(doc) > 0 {
		tree, err := strictjson.Parse(doc)
		if err != nil {
			return nil, err
		}
		var ok bool
		if object, ok = tree.(map[string]any); !ok {
			return nil, fault.At("", "must be an object")
		}
	}
	object["model"] = spec
	if w, ok := object["workload"].(map[string]any); ok {
		delete(w, "phase")
	}
	return json.Marshal(object)
}

func resolved(doc []byte, warnings []report.Warning) (wire.Reply, error) {
	s, err := scenario.Decode(doc)
	if err != nil {
		return wire.Reply{}, err
	}
	for _, note := range s.Notes {
		warnings = append(warnings, report.Warning{Path: "model", Text: note})
	}
	return wire.Reply{Resolved: &wire.Resolved{Full: s.Full(), Short: s.Short(), Warnings: warnings, Estimate: system.Estimate(s)}}, nil
}

// numbered returns how to send the messages of one stream.
func numbered(emit func([]byte)) func(wire.Message) {
	var seq int64
	return func(m wire.Message) {
		seq++
		m.V, m.Seq = wire.Version, seq
		send(emit, m)
	}
}

// run streams a run: progress now and then, then a report or a failure.
func (s *Session) run(stop fault.Stop, q wire.Request, emit func([]byte)) {
	tell := numbered(emit)
	sc, err := scenario.Decode(q.Scenario)
	if err != nil {
		tell(wire.Message{Kind: wire.KindFailed, Failed: Failure(err)})
		return
	}
	sc.Traces = s.traces
	r, err := Run(stop, sc, probe.Probe{Progress: sparse(tell)})
	if err != nil {
		tell(wire.Message{Kind: wire.KindFailed, Failed: Failure(err)})
		return
	}
	if !q.Spans {
		r.Timeline = r.Timeline.Empty()
	}
	tell(wire.Message{Kind: wire.KindReport, Report: &r})
}

// sparse tells of progress a hundred times a run, and not at all of short runs.
func sparse(tell func(wire.Message)) func(probe.Progress) {
	return func(p probe.Progress) {
		every := max(1000, p.Total/100)
		if p.Done%every == 0 || p.ClockedOf > 0 {
			tell(wire.Message{Kind: wire.KindProgress, Progress: &wire.Progress{
				Done: p.Done, Total: p.Total, Now: p.Now, Clocked: p.Clocked, ClockedOf: p.ClockedOf,
			}})
		}
	}
}

func send(emit func([]byte), v any) { emit(encode(v)) }

func encode(v any) []byte {
	doc, err := json.Marshal(v)
	if err != nil {
		panic("core: bug: " + err.Error()) // messages and reports hold nothing that JSON cannot
	}
	return doc
}
