package job

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

var errCancelled = errors.New("the job was cancelled")

// A canceller ends what goes on for a job. The zero value is ready.
type canceller struct {
	mu   sync.Mutex
	next int
	live map[string]map[int]context.CancelCauseFunc
	over map[string]time.Time // jobs that were cancelled lately: a piece may have been under way to here
}

// remembered is for how long a cancelled job's pieces are not begun.
const remembered = time.Minute

// begin returns a context that ends with the job, or when released.
func (c *canceller) begin(ctx context.Context, job string) (within context.Context, release func()) {
	within, cancel := context.WithCancelCause(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live == nil {
		c.live = map[string]map[int]context.CancelCauseFunc{}
	}
	if c.live[job] == nil {
		c.live[job] = map[int]context.CancelCauseFunc{}
	}
	c.next++
	n := c.next
	c.live[job][n] = cancel
	if time.Since(c.over[job]) < remembered {
		cancel(errCancelled)
	}
	return within, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.live[job], n)
		if len(c.live[job]) == 0 {
			delete(c.live, job)
		}
		cancel(nil)
	}
}

// cancel ends everything that goes on for a job.
func (c *canceller) cancel(job string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over == nil {
		c.over = map[string]time.Time{}
	}
	maps.DeleteFunc(c.over, func(_ string, at time.Time) bool { return time.Since(at) > remembered })
	c.over[job] = time.Now()
	for _, cancel := range c.live[job] {
		cancel(errCancelled)
	}
}
