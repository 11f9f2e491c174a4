package kv

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	stride   = 2000             // headers that are fetched at once
	unwanted = 30 * time.Second // after which the cluster ends a walk by itself
)

// A walk goes through the headers of a shelf's entries, in the order that they came in.
type walk struct {
	shelf    *shelf
	consumer jetstream.Consumer
	left     int // entries that were there when it began and that it has not come to
	seen     uint64
}

// walk begins with the first entry of a sequence or a time, whichever is set.
func (s *shelf) walk(ctx context.Context, pattern string, seq uint64, from time.Time) (*walk, error) {
	c := jetstream.ConsumerConfig{
		FilterSubject: s.prefix + pattern, HeadersOnly: true, AckPolicy: jetstream.AckNonePolicy,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: unwanted,
	}
	if seq > 0 {
		c.DeliverPolicy, c.OptStartSeq = jetstream.DeliverByStartSequencePolicy, seq
	} else if !from.IsZero() {
		c.DeliverPolicy, c.OptStartTime = jetstream.DeliverByStartTimePolicy, &from
	}
	consumer, err := s.stream.CreateConsumer(ctx, c)
	if err != nil {
		return nil, full(err)
	}
	return &walk{shelf: s, consumer: consumer, left: int(consumer.CachedInfo().NumPending)}, nil
}

// end tells the cluster, which finds out by itself otherwise.
func (w *walk) end(ctx context.Context) {
	_ = w.shelf.stream.DeleteConsumer(ctx, w.consumer.CachedInfo().Name)
}

// next returns some entries, and none at the end.
func (w *walk) next(ctx context.Context, limit int) ([]item, error) {
	for tries := 0; w.left > 0; tries++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all, err := w.fetch(min(limit, w.left, stride))
		if err != nil || len(all) > 0 {
			return all, err
		}
		// Either the rest went meanwhile, or the cluster is slow or has lost some.
		info, err := w.consumer.Info(ctx)
		switch {
		case err != nil:
			return nil, err
		case info.Delivered.Consumer != w.seen || tries > 3:
			return nil, errors.New("the cluster does not deliver what it has; try again")
		case info.NumPending == 0:
			w.left = 0
		}
	}
	return nil, nil
}

func (w *walk) fetch(limit int) (all []item, err error) {
	batch, err := w.consumer.FetchNoWait(limit)
	if err != nil {
		return nil, err
	}
	for m := range batch.Messages() { // to its end, for its sender would wait for us
		meta, err := m.Metadata()
		if err != nil {
			continue // which it counts as lost
		}
		w.left, w.seen = w.left-1, w.seen+1
		if it, err := w.shelf.item(m.Subject(), nats.Header(m.Headers()), meta.Sequence.Stream, meta.Timestamp, nil); err == nil {
			all = append(all, it)
		}
	}
	return all, batch.Error()
}

// headers returns the entries under a pattern from a sequence on, up to a limit.
func (s *shelf) headers(ctx context.Context, pattern string, from uint64, limit int) (all []item, err error) {
	w, err := s.walk(ctx, pattern, from, time.Time{})
	if err != nil {
		return nil, err
	}
	defer w.end(ctx)
	for len(all) < limit {
		some, err := w.next(ctx, limit-len(all))
		if err != nil || len(some) == 0 {
			return all, err
		}
		all = append(all, some...)
	}
	return all, nil
}
