package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"monde/backend/text"
	"monde/core/fault"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/replay"
	"monde/core/workload"
)

type replayCommand struct {
	Trace string `arg:"" optional:"" default:"gpt-oss-20b_fingerprinting" help:"A trace that ships, or a file: CSV, JSON Lines or packed, plain or gzip. The default is gpt-oss-20b_fingerprinting; deepseek-v2-lite_esft ships too."`

	Cache      []string  `help:"Replacement policies, or all: none, static, lru, lfu, seq-lfu, lifo, hobbit, lcu, edgemoe, mrs, activation, benefit." placeholder:"NAME,..." default:"lru"`
	Predictor  []string  `help:"Predictors, or all: none, previous-token, first-order, path, popularity, token-table, skip-gate, learned, rpp, pre-gate, prefill, activation, trajectory, oracle." placeholder:"NAME,..." default:"none"`
	Capacity   []float64 `help:"Shares of the experts that the cache holds." placeholder:"SHARE,..." default:"0.125,0.25,0.375,0.5,0.75"`
	Scope      string    `help:"Whose slots: layer (each layer has its own) or model (all layers share)." placeholder:"NAME" default:"layer"`
	Reading    string    `help:"How a formula is read whose printed form contradicts its text: meant or printed." placeholder:"NAME" default:"meant"`
	Warm       bool      `help:"Begin with the hot set in the cache, instead of nothing. A static cache always does."`
	Batch      int       `help:"Requests at once: slots, each of which plays its requests one after another." placeholder:"N" default:"1"`
	Warmup     *int      `help:"Steps that are played and not counted; 200 tokens if absent." placeholder:"N"`
	Distance   int       `help:"Layers from the gate that is known to the one that is predicted." placeholder:"N" default:"1"`
	Factor     int       `help:"Experts expected at most, of those that a gate asks for." placeholder:"N" default:"1"`
	Accuracy   float64   `help:"Of predictors that are replayed; 0: as published." placeholder:"SHARE" default:"0"`
	NoPrefetch bool      `help:"Score predictions alone, and leave the cache to what gates ask for."`
	Learn      string    `help:"Where hot sets and tables come from: half (each half of the requests is played after learning from the other) or online (from what is played)." placeholder:"NAME" default:"half"`
	Dataset    string    `help:"Data set of the trace; all if absent." placeholder:"NAME"`
	Seed       uint64    `help:"Seed of the order of requests, and of what is replayed." placeholder:"N" default:"1"`
	Layers     bool      `help:"List every layer."`
	JSON       bool      `name:"json" help:"Print one JSON object."`
}

// Run plays the trace through every mix that is asked for.
func (r *replayCommand) Run(ctx context.Context, c *console) error {
	t, err := r.trace()
	if err != nil {
		return err
	}
	specs, err := r.specs(t)
	if err != nil {
		return err
	}
	bar := newBar(c.err)
	results := make([]replay.Result, len(specs))
	for i, s := range specs {
		bar.draw(int64(i), int64(len(specs)), "replays")
		if results[i], err = replay.Run(ctx, t, s); err != nil {
			bar.clear()
			return err
		}
	}
	bar.clear()
	if r.JSON {
		return json.NewEncoder(c.out).Encode(map[string]any{"results": results})
	}
	return text.WriteReplays(c.out, t, results, r.Layers)
}

// trace returns what the argument names: a shipped trace, or a file.
func (r *replayCommand) trace() (t *workload.Trace, err error) {
	if t, ok := workload.Shipped(r.Trace); ok {
		return t, nil
	}
	file, err := os.Open(r.Trace)
	if errors.Is(err, os.ErrNotExist) && filepath.Base(r.Trace) == r.Trace {
		return nil, mistake{fmt.Errorf("no file is named %q, and no such trace ships", r.Trace)}
	}
	if err != nil {
		return nil, mistake{err}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	t, err = workload.ReadTrace(filepath.Base(r.Trace), file)
	return t, fault.In(r.Trace, err)
}

// specs returns every mix, all mistakes at once.
func (r *replayCommand) specs(t *workload.Trace) ([]replay.Spec, error) {
	var specs []replay.Spec
	var mistakes []error
	for _, cache := range named(r.Cache, replace.Names()) {
		for _, predictor := range named(r.Predictor, predict.Names()) {
			for i, share := range r.Capacity {
				s := r.spec(cache, predictor, share, t)
				specs = append(specs, s)
				mistakes = append(mistakes, fault.In(fmt.Sprintf("capacity[%d]", i), fault.Within("", share, 0, 1)), s.Validate())
			}
		}
	}
	return specs, firsts(errors.Join(mistakes...))
}

// named returns what names say; all is every one.
func named[N ~string](names []string, every []N) []N {
	var some []N
	for _, n := range names {
		if n == "all" {
			return every
		}
		some = append(some, N(n))
	}
	return some
}

// firsts returns each field of err once: every mix has the same mistakes.
func firsts(err error) error {
	var once []error
	seen := map[fault.Field]bool{}
	for _, f := range fault.Fields(err) {
		if !seen[f] {
			seen[f] = true
			once = append(once, &f)
		}
	}
	return errors.Join(once...)
}

func (r *replayCommand) spec(cache replace.Name, predictor predict.Name, share float64, t *workload.Trace) replay.Spec {
	s := replay.Default().InBatch(r.Batch)
	s.Dataset, s.Learn, s.Seed, s.Factor, s.Prefetch = r.Dataset, replay.Learn(r.Learn), r.Seed, r.Factor, !r.NoPrefetch
	s.Cache.Name, s.Cache.Scope, s.Cache.Reading, s.Cache.Warm = cache, replace.Scope(r.Scope), replace.Reading(r.Reading), r.Warm
	s.Predict.Name, s.Predict.Distance, s.Predict.Accuracy = predictor, r.Distance, r.Accuracy
	if r.Warmup != nil {
		s.Warmup = *r.Warmup
	}
	of := t.Experts
	if s.Cache.Scope == replace.Model {
		of *= t.Layers
	}
	s.Cache.Slots = int(share*float64(of) + 0.5)
	return s
}
