package job

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
	"monde/core/workload"
)

const (
	traceBucket    = "MONDE_ATTACHED"
	traceWithin    = 5 * time.Minute // to fetch and read one
	keepTraces     = 30 * 24 * time.Hour
	maxTraceMemory = 256 << 20 // bytes of all traces that a process keeps ready
)

// A traceCache keeps the traces used last, as many as fit.
type traceCache struct {
	limit  int64      // bytes
	read   sync.Mutex // one at a time: a trace may be large, and others may wait for the same
	mu     sync.Mutex
	traces []*workload.Trace // used last at the end
}

// get returns a trace, from the queue's object store if it is not here.
func (c *traceCache) get(ctx context.Context, b *bus.Bus, sha256 string) (*workload.Trace, error) {
	if t := c.find(sha256); t != nil {
		return t, nil
	}
	c.read.Lock()
	defer c.read.Unlock()
	if t := c.find(sha256); t != nil {
		return t, nil
	}
	ctx, cancel := context.WithTimeout(ctx, traceWithin)
	defer cancel()
	bucket, err := b.JS.ObjectStore(ctx, traceBucket)
	if err != nil {
		return nil, err
	}
	object, err := bucket.Get(ctx, sha256)
	if err != nil {
		return nil, err
	}
	t, err := workload.ReadTrace("", object)
	if err = errors.Join(err, object.Close()); err != nil {
		return nil, err
	}
	c.put(t)
	return t, nil
}

func (c *traceCache) find(sha256 string) *workload.Trace {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, t := range c.traces {
		if t.SHA256 == sha256 {
			c.traces = append(slices.Delete(c.traces, i, i+1), t)
			return t
		}
	}
	return nil
}

// put keeps t, and lets go of what was not used for longest if need be.
func (c *traceCache) put(t *workload.Trace) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.traces = slices.DeleteFunc(c.traces, func(o *workload.Trace) bool { return o.SHA256 == t.SHA256 })
	c.traces = append(c.traces, t)
	var bytes int64
	for i, o := range slices.Backward(c.traces) {
		if bytes += sizeOf(o); bytes > c.limit && o != t {
			c.traces = slices.Delete(c.traces, 0, i+1)
			return
		}
	}
}

// sizeOf estimates the memory of t: two bytes a choice.
func sizeOf(t *workload.Trace) int64 { return int64(t.Tokens) * int64(t.Layers) * int64(t.TopK) * 2 }

// publish puts a trace of the record where workers find it.
func publishTrace(ctx context.Context, b *bus.Bus, from Traces, sha256 string) error {
	bucket, err := b.JS.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: traceBucket, Storage: jetstream.FileStorage, Replicas: b.Replicas(), TTL: keepTraces})
	if err != nil {
		return err
	}
	if _, err := bucket.GetInfo(ctx, sha256); err == nil {
		return nil
	}
	file, err := from.Trace(ctx, sha256)
	if err != nil {
		return err
	}
	_, err = bucket.Put(ctx, jetstream.ObjectMeta{Name: sha256}, file)
	return errors.Join(err, file.Close())
}
