// Package validate compares predictions with measurements.
//
// Each row of a measurement becomes a scenario that runs through the engine like
// any other. Rows that constants were fitted to are marked, and summed apart. What
// cannot become a scenario (an unknown GPU, model or strategy) is a row with a
// problem, never one left out.
package validate

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"

	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
)

//go:embed data
var embedded embed.FS

// Embedded returns the measurements that the program carries.
func Embedded() fs.FS {
	sub, err := fs.Sub(embedded, "data")
	if err != nil {
		panic("validate: bug: " + err.Error())
	}
	return sub
}

// Row is one measured value beside its prediction.
type Row struct {
	Set       string  `json:"set"`  // file, and column where a file has several
	Line      int     `json:"line"` // of the file, from 1
	Model     string  `json:"model"`
	Strategy  string  `json:"strategy"`
	Machine   string  `json:"machine"`
	Case      string  `json:"case"` // what else tells rows apart
	Tokens    int     `json:"tokens"`
	Measured  float64 `json:"measured_us"` // in Unit
	Predicted float64 `json:"predicted_us"`
	Roofline  float64 `json:"roofline_us"`    // the longest of bytes and operations at the rates of datasheets
	Error     float64 `json:"error"`          // predicted over measured, less 1
	Unit      string  `json:"unit,omitempty"` // where it is not µs
	Fitted    bool    `json:"fitted"`
	Problem   string  `json:"problem,omitempty"`  // why there is no prediction
	Scenario  string  `json:"scenario,omitempty"` // in short form; of one draw where routing was drawn

	runs  []scenario.Scenario
	value func(report.Report) float64
	bound func(report.Report) float64 // the same of the roofline
}

// Scenarios returns what a row runs: one scenario, or one of each draw of the
// routing. None if it has a problem.
func (r *Row) Scenarios() []scenario.Scenario {
	if r.Problem != "" {
		return nil
	}
	return slices.Clone(r.runs)
}

// Result is everything that was compared.
type Result struct {
	Engine string    `json:"engine"`
	Sets   []Summary `json:"sets"`
	Rows   []Row     `json:"rows"`

	Constants []Constant `json:"constants"` // that predictions rest on
	Ignored   []string   `json:"ignored"`   // files that nothing here predicts
}

// Run compares everything in dir. progress is called now and then with the rows
// that are done.
func Run(ctx context.Context, dir fs.FS, progress func(done, of int)) (Result, error) {
	rows, err := Load(dir)
	if err != nil {
		return Result{}, err
	}
	if len(rows) == 0 {
		return Result{}, fmt.Errorf("no file of measurements: expected some of %s", strings.Join(names(), ", "))
	}
	rest, err := ignored(dir)
	if err != nil {
		return Result{}, err
	}
	if err := predict(ctx, rows, progress); err != nil {
		return Result{}, err
	}
	return Result{core.Engine, summaries(rows), rows, Constants(), rest}, nil
}

// predict fills the rows, on every core.
func predict(ctx context.Context, rows []Row, progress func(done, of int)) error {
	todo := make(chan *Row)
	var wait sync.WaitGroup
	var lock sync.Mutex
	done := 0
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for r := range todo {
				r.predict(ctx)
				lock.Lock()
				done++
				progress(done, len(rows))
				lock.Unlock()
			}
		})
	}
	for i := range rows {
		if ctx.Err() != nil {
			break
		}
		todo <- &rows[i]
	}
	close(todo)
	wait.Wait()
	return ctx.Err()
}

// predict runs the scenarios of a row: their mean, where routing was drawn.
func (r *Row) predict(ctx context.Context) {
	if r.Problem != "" {
		return
	}
	for _, s := range r.runs {
		s.Title = ""
		y, err := core.Run(ctx, s, probe.Probe{})
		if err != nil {
			r.Problem = err.Error()
			return
		}
		n := float64(len(r.runs))
		r.Predicted += r.value(y) / n
		r.Roofline += r.bound(y) / n
	}
	r.Scenario = string(r.runs[0].Short())
	if r.Unit != "" {
		r.Roofline = 0
	}
	r.Error = r.Predicted/r.Measured - 1
}

func microseconds(t unit.Time) float64 { return float64(t) / 1e6 }

func bound(y report.Report) float64 { return microseconds(y.Bound) }

func latency(y report.Report) float64 { return microseconds(y.Latency) }
