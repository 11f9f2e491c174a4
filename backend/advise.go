package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"monde/backend/text"
	"monde/core"
	"monde/core/report"
	"monde/core/unit"
)

type adviseCommand struct {
	Scenario string `arg:"" help:"Scenario file, a preset's name, or - for standard input: the model, the machine and the workload."`

	Objective string   `help:"What to be best at: latency, throughput or energy. For the last two the batch may grow." default:"latency" placeholder:"NAME"`
	Allow     []string `help:"What a strategy may ask for, separated by commas: output (it changes the model's), training (fine-tuning), hardware (that nobody sells), secondary (figures at second hand), all or none." default:"hardware" placeholder:"BADGE"`
	Memory    []string `help:"How much of a memory may be used: gpu=24GB, host, device or flash; any if strategies need not fit." placeholder:"NAME=SIZE"`
	Limit     []string `help:"What a strategy must reach: latency=0.2s, ttft, tpot, throughput=1000 (tokens/s) or energy=1J (a token)." placeholder:"NAME=VALUE"`
	All       bool     `help:"Say which candidates were left out, and why."`
	JSON      bool     `name:"json" help:"Print the advice as JSON."`
}

// Help is what --help says below the flags.
func (a *adviseCommand) Help() string {
	return `Tries every strategy with its parameters: all in closed form, then the best as discrete
events. The scenario's own strategy is one of them. Rows of one group cannot be told
apart, for their difference is within the error that "monde validate" found; near-data
strategies are simulated only, so their error is not known.

  monde advise mixtral-h100 --limit tpot=50ms
  monde advise nllb-encoder --objective energy --allow hardware,output --memory gpu=24GB`
}

// Run ranks strategies and prints them.
func (a *adviseCommand) Run(ctx context.Context, c *console) error {
	s, err := load(a.Scenario, c.in)
	if err != nil {
		return err
	}
	ask, err := a.ask()
	if err != nil {
		return mistake{err}
	}
	b := newBar(c.err)
	advice, err := core.Advise(ctx, s, ask, b.runs)
	b.clear()
	if err != nil {
		return err
	}
	if a.JSON {
		return json.NewEncoder(c.out).Encode(advice)
	}
	return text.Advice(c.out, advice, a.All)
}

func (a *adviseCommand) ask() (report.AdviceAsk, error) {
	ask := report.AdviceAsk{Objective: report.Objective(a.Objective), Allow: badges(a.Allow)}
	for _, m := range a.Memory {
		if m == "any" {
			ask.Overfull = true
			continue
		}
		if err := room(&ask.Memory, m); err != nil {
			return ask, err
		}
	}
	for _, l := range a.Limit {
		if err := limit(&ask, l); err != nil {
			return ask, err
		}
	}
	return ask, nil
}

func badges(names []string) []report.Badge {
	if slices.Contains(names, "all") {
		return report.Allowable()
	}
	all := []report.Badge{}
	for _, name := range names {
		if name != "none" {
			all = append(all, report.Badge(name))
		}
	}
	return all
}

func room(r *report.Room, arg string) error {
	name, value, err := assigned(arg, 1, bytesOf)
	if err != nil {
		return fmt.Errorf("--memory %w", err)
	}
	at, ok := map[string]*unit.Bytes{"gpu": &r.GPU, "host": &r.Host, "device": &r.Device, "flash": &r.Flash}[name]
	if !ok {
		return fmt.Errorf("--memory %s: must be gpu, host, device or flash, or the word any", arg)
	}
	*at = unit.Bytes(value)
	return nil
}

func limit(ask *report.AdviceAsk, arg string) error {
	metric, value, err := goal(arg)
	if err != nil {
		return fmt.Errorf("--limit %w", err)
	}
	switch metric {
	case report.InLatency:
		ask.Latency = unit.Time(value)
	case report.InTTFT:
		ask.TTFT = unit.Time(value)
	case report.InTPOT:
		ask.TPOT = unit.Time(value)
	case report.InThroughput:
		ask.TokensPerSecond = value
	case report.InEnergy:
		ask.EnergyPerToken = unit.Energy(value)
	default:
		return fmt.Errorf("--limit %s: must be latency, ttft, tpot, throughput or energy", arg)
	}
	return nil
}

// goal reads latency=0.2s, throughput=1000 or energy=1J into the metric's own unit.
func goal(arg string) (report.Metric, float64, error) {
	name, _, _ := strings.Cut(arg, "=")
	metric := report.Metric(name)
	units := times
	switch metric {
	case report.InThroughput, report.InSpeedUp:
		units = nil
	case report.InEnergy:
		units = energies
	}
	_, value, err := assigned(arg, 0, units)
	return metric, value, err
}

// Factors of units that a value may end in.
var (
	times    = map[string]float64{"ps": 1, "ns": 1e3, "us": 1e6, "µs": 1e6, "ms": 1e9, "s": 1e12}
	energies = map[string]float64{"pJ": 1, "nJ": 1e3, "uJ": 1e6, "µJ": 1e6, "mJ": 1e9, "J": 1e12, "kJ": 1e15}
	bytesOf  = map[string]float64{"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
)

// assigned splits name=1.5unit. A number without a unit has the factor bare; if that is
// 0, and units are known, it needs one.
func assigned(arg string, bare float64, units map[string]float64) (string, float64, error) {
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return "", 0, fmt.Errorf("%s: must be NAME=VALUE", arg)
	}
	digits := strings.TrimRightFunc(value, func(r rune) bool { return r > '9' })
	of := value[len(digits):]
	number, err := strconv.ParseFloat(digits, 64)
	factor, known := units[of]
	if of == "" {
		if factor, known = bare, bare > 0; units == nil {
			factor, known = 1, true
		}
	}
	if err != nil || !known || !(number > 0) {
		return "", 0, fmt.Errorf("%s: %q must be a number above 0%s", arg, value, unitsText(units))
	}
	return name, number * factor, nil
}

func unitsText(units map[string]float64) string {
	var names []string
	for name := range units {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(units[a]/units[b]*10) - 10 })
	if len(names) == 0 {
		return ""
	}
	return " with one of the units " + strings.Join(names, ", ")
}
