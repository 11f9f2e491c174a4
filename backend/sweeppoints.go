package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"monde/core"
	"monde/core/scenario"
	"monde/core/sweep"
)

// A sweepJob is what a sweep consists of.
type sweepJob struct {
	base scenario.Scenario
	spec sweep.Spec
	plan sweep.Plan // of both
}

// A simulator runs the points of a sweep and gives their rows in the order of their
// index. It tells now and then how many points are done. If ctx ends it, it gives the
// rows that there are, and returns ctx's error; an error of take ends it too.
type simulator func(ctx context.Context, j sweepJob, take func([]sweep.Row) error, tell func(done int)) error

const (
	blocksPerWorker = 64 // at least, if points suffice, so that all end at about the same time
	blockPoints     = 16 // at most: what a worker does between two locks
	aheadOfSlowest  = 64 // blocks a worker that may wait for an earlier one
	telling         = 100 * time.Millisecond
)

// A block is some points after one another, and where their rows go.
type block struct {
	from, to int
	rows     chan []sweep.Row
}

// here simulates on this machine.
func here(workers int) simulator {
	return func(ctx context.Context, j sweepJob, take func([]sweep.Row) error, tell func(done int)) error {
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		todo, inOrder := make(chan block), make(chan block, aheadOfSlowest*workers)
		var done atomic.Int64
		var all sync.WaitGroup
		all.Go(func() { cut(inner, j.plan.Len(), workers, todo, inOrder) })
		for range workers {
			all.Go(func() {
				for b := range todo {
					b.rows <- simulated(inner, j.plan, b, &done)
				}
			})
		}
		err := collect(inOrder, take, cancel, func() { tell(int(done.Load())) })
		all.Wait()
		if err == nil {
			err = ctx.Err()
		}
		return err
	}
}

// cut gives out all points in blocks: to be done, and in their order.
func cut(ctx context.Context, points, workers int, todo, inOrder chan<- block) {
	defer close(inOrder)
	defer close(todo)
	size := min(blockPoints, max(1, points/(workers*blocksPerWorker)))
	for from := 0; from < points; from += size {
		b := block{from, min(points, from+size), make(chan []sweep.Row, 1)}
		select {
		case inOrder <- b:
		case <-ctx.Done():
			return
		}
		select {
		case todo <- b:
		case <-ctx.Done():
			b.rows <- nil
			return
		}
	}
}

// simulated returns the rows of a block, up to where ctx ends it.
func simulated(ctx context.Context, p sweep.Plan, b block, done *atomic.Int64) []sweep.Row {
	rows := make([]sweep.Row, 0, b.to-b.from)
	for i := b.from; i < b.to && ctx.Err() == nil; i++ {
		row, err := simulatedPoint(ctx, p, i)
		if err != nil {
			break
		}
		rows = append(rows, row)
		done.Add(1)
	}
	return rows
}

// simulatedPoint returns the row of one point. A fault of ours costs that point, not the
// hours of the others; its row says so.
func simulatedPoint(ctx context.Context, p sweep.Plan, i int) (row sweep.Row, err error) {
	values := p.Values(i)
	defer func() {
		if x := recover(); x != nil {
			row, err = sweep.Row{Index: i, Values: values, Failed: fmt.Sprintf("a fault of the simulator: %v", x)}, nil
		}
	}()
	return core.Row(ctx, p.Base(), i, values)
}

// collect takes the rows of blocks in their order, until there are no more. After an
// error of take it goes on without, so that nobody waits.
func collect(inOrder <-chan block, take func([]sweep.Row) error, cancel func(), tell func()) error {
	tick := time.NewTicker(telling)
	defer tick.Stop()
	var failed error
	for b := range inOrder {
		for waits := true; waits; {
			select {
			case rows := <-b.rows:
				waits = false
				if failed == nil && len(rows) > 0 {
					if failed = take(rows); failed != nil {
						cancel()
					}
				}
			case <-tick.C:
				tell()
			}
		}
	}
	return failed
}
