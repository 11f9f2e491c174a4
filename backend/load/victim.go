package main

import (
	"context"
	"slices"
	"time"
)

// A blow is one kill: when so many points were told, and a moment more.
type blow struct {
	after  int
	more   time.Duration
	server bool
}

// blows returns the kills of a sweep, at random moments of its course.
func (k *killing) blows() (all []blow) {
	m := k.mode
	for i := range m.Server + m.Worker {
		all = append(all, blow{
			after:  int((0.01 + 0.69*k.rng.Float64()) * float64(m.Points)), // rows come by the piece: not the last one
			more:   time.Duration(k.rng.IntN(250)) * time.Millisecond,
			server: i < m.Server,
		})
	}
	slices.SortFunc(all, func(a, b blow) int { return a.after - b.after })
	return all
}

// kills does what blows say. It returns once all are healed.
func (k *killing) kills(ctx context.Context) error {
	defer k.after.Wait()
	for _, b := range k.blows() {
		if err := k.until(ctx, func() bool { return k.witness.far() >= b.after }); err != nil {
			return err
		}
		if err := sleep(ctx, b.more); err != nil {
			return err
		}
		if k.witness.far() == k.mode.Points {
			return nil // what is killed now tells nothing
		}
		if err := k.kill(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// kill kills one process, starts it again, and lets somebody time what follows.
func (k *killing) kill(ctx context.Context, b blow) error {
	before := k.witness.far()
	const out = 2 * 2 * 256 // points: as many as may be given out
	open := k.witness.open(min(out*k.mode.Workers, max(1, k.mode.Points/20)))
	began := time.Now()
	var err error
	if b.server {
		err = k.killServer(ctx)
	} else {
		err = k.killWorker()
	}
	if err != nil {
		return err
	}
	name := "worker"
	if b.server {
		name = "server"
	}
	k.log("%s killed at %d points", name, before)
	k.after.Go(func() { k.watch(ctx, b, began, before, open) })
	return nil
}

// watch times what follows a kill. Others may be killed meanwhile.
func (k *killing) watch(ctx context.Context, b blow, began time.Time, before int, open []int) {
	if k.until(ctx, func() bool { return k.witness.far() > before }) != nil {
		return
	}
	further := time.Since(began)
	if k.until(ctx, func() bool { return k.witness.all(open) }) != nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.healed = append(k.healed, time.Since(began))
	if b.server {
		k.server = append(k.server, further)
	} else {
		k.worker = append(k.worker, further)
	}
}

func (k *killing) killServer(ctx context.Context) error {
	began := time.Now()
	k.crew.server.kill()
	if err := sleep(ctx, k.mode.Down); err != nil {
		return err
	}
	if err := k.crew.server.start(); err != nil {
		return err
	}
	if err := k.crew.ready(ctx, time.Minute); err != nil {
		return err
	}
	k.restart = append(k.restart, time.Since(began))
	return nil
}

func (k *killing) killWorker() error {
	i := k.rng.IntN(len(k.crew.workers))
	k.crew.workers[i].kill()
	k.crew.workers = slices.Delete(k.crew.workers, i, i+1)
	return k.crew.hire()
}

// until waits until something holds, of what the witness hears; or until there is no more
// to hear.
func (k *killing) until(ctx context.Context, holds func() bool) error {
	for {
		more := k.witness.next()
		if holds() || k.witness.far() == k.mode.Points {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-more:
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
