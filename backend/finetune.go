package main

import (
	"encoding/json"

	"monde/backend/text"
	"monde/core/finetune"
	"monde/core/scenario"
)

type finetuneCommand struct {
	Scenario string `arg:"" optional:"" help:"Scenario file, a preset's name, or - for standard input, of which only the machine counts; absent: an RTX 3090 in a desktop."`

	Layers  int     `help:"Layers of the model. Defaults are LLaMA-7B with MEFT's largest adapters." placeholder:"N" default:"32"`
	Width   int     `help:"Width of the model." placeholder:"N" default:"4096"`
	Weights int64   `help:"Weights of the frozen model." placeholder:"N" default:"6738000000"`
	Batch   int     `help:"Sequences." placeholder:"N" default:"2"`
	Tokens  int     `help:"Tokens of a sequence." placeholder:"N" default:"256"`
	Pairs   int     `short:"r" help:"Pairs of a key and a value that are trained, a layer." placeholder:"N" default:"6144"`
	K       int     `short:"k" help:"Pairs that a token picks." placeholder:"N" default:"64"`
	Beta    float64 `help:"Pairs that all tokens pick together, over K; 0 is a curve of ours." placeholder:"X" default:"0"`
	Experts int     `help:"Groups of keys; 0 is the root of the pairs." placeholder:"N" default:"0"`
	Active  int     `help:"Groups that the keys of a token are searched in." placeholder:"N" default:"4"`
	JSON    bool    `name:"json" help:"Print one JSON object."`
}

// Run says what one step of fine-tuning takes.
func (f *finetuneCommand) Run(c *console) error {
	s, err := f.machine(c)
	if err != nil {
		return err
	}
	r, err := finetune.Step(finetune.Spec{
		Layers: f.Layers, DModel: f.Width, Weights: f.Weights, Batch: f.Batch, Tokens: f.Tokens,
		Pairs: f.Pairs, K: f.K, Beta: f.Beta, Experts: f.Experts, Active: f.Active,
	}, finetune.Machine{GPU: s.Machine.GPU, Link: s.Machine.Link, Host: s.Machine.Host})
	if err != nil {
		return err
	}
	if f.JSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	return text.WriteFinetune(c.out, s.Machine.GPU.Name, r)
}

func (f *finetuneCommand) machine(c *console) (scenario.Scenario, error) {
	if f.Scenario == "" {
		return scenario.Decode([]byte(`{"machine": {"base": "desktop-4090", "gpu": "rtx_3090"}}`))
	}
	return load(f.Scenario, c.in)
}
