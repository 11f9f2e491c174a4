package stream

import (
	"context"
	"sync"
)

// A crowd is the open sockets of a server: http.Server.Shutdown does not know
// them, since they were hijacked from it.
type crowd struct {
	base   context.Context
	cut    context.CancelCauseFunc
	mu     sync.Mutex
	closed bool
	here   sync.WaitGroup
}

func newCrowd() *crowd {
	base, cut := context.WithCancelCause(context.Background())
	return &crowd{base: base, cut: cut}
}

// join counts one socket in. Its context ends when the crowd is cut off, and
// leave counts it out.
func (c *crowd) join() (ctx context.Context, leave func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, nil, ErrClosing
	}
	c.here.Add(1)
	ctx, cancel := context.WithCancel(c.base)
	return ctx, func() { cancel(); c.here.Done() }, nil
}

// close lets nobody in, and waits for those inside until ctx ends; then it cuts
// them off.
func (c *crowd) close(ctx context.Context) {
	c.mu.Lock()
	c.closed = true
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
	c.cut(ErrClosing)
	<-gone
}
