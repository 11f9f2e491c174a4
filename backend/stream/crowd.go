package stream

import (
	"context"
	"sync"
)

// A crowd is the open sockets of a server: http.Server.Shutdown does not know
// them, since they were hijacked from it.
type crowd struct {
	limits  Limits
	base    context.Context
	cut     context.CancelCauseFunc
	leaving context.Context // ends when everybody must go elsewhere
	move    context.CancelFunc
	mu      sync.Mutex
	closed  bool
	all     int
	by      map[string]int // client
	here    sync.WaitGroup
}

func newCrowd(l Limits) *crowd {
	base, cut := context.WithCancelCause(context.Background())
	leaving, move := context.WithCancel(context.Background())
	return &crowd{limits: l, base: base, cut: cut, leaving: leaving, move: move, by: map[string]int{}}
}

// join counts one socket in. Its context ends when the crowd is cut off, and
// leave counts it out.
func (c *crowd) join(client string) (ctx context.Context, leave func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, nil, ErrLeaving
	case c.all >= c.limits.Watchers, c.by[client] >= c.limits.Client:
		return nil, nil, ErrCrowded
	}
	c.here.Add(1)
	c.all++
	c.by[client]++
	ctx, cancel := context.WithCancel(c.base)
	return ctx, func() { cancel(); c.leave(client) }, nil
}

func (c *crowd) leave(client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.by[client]--; c.by[client] == 0 {
		delete(c.by, client)
	}
	c.here.Done()
}

// close lets nobody in, asks those inside to leave, and waits until ctx ends; then it
// cuts them off.
func (c *crowd) close(ctx context.Context) {
	c.mu.Lock()
	c.closed = true
	c.move()
	c.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		c.here.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
	}
	c.cut(ErrLeaving)
	<-gone
}
