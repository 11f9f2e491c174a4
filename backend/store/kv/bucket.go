package kv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// errTaken is a key that is not as the caller expected.
var errTaken = errors.New("the key was written meanwhile")

// late is how long what must be done takes at most, after the caller has left.
const late = 10 * time.Second

// bucket is a stream that keeps the last message of each subject.
type bucket struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	name   string
}

// entry is what a key has.
type entry struct {
	key    string
	header nats.Header
	data   []byte
	seq    uint64
	at     time.Time
}

func (b *bucket) subject(key string) string { return "$KV." + b.name + "." + key }

func (b *bucket) key(subject string) string {
	return strings.TrimPrefix(subject, b.subject(""))
}

// get reads a key from the leader, or, if the bucket is direct, from any replica.
func (b *bucket) get(ctx context.Context, key string) (entry, error) {
	m, err := b.stream.GetLastMsgForSubject(ctx, b.subject(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return entry{}, job.ErrUnknown
	}
	if err != nil {
		return entry{}, err
	}
	return entry{key, m.Header, m.Data, m.Sequence, m.Time}, nil
}

func (b *bucket) message(key string, h nats.Header, data []byte) *nats.Msg {
	if h == nil {
		h = nats.Header{}
	}
	return &nats.Msg{Subject: b.subject(key), Header: h, Data: data}
}

// put writes a key that was last written as expect, 0 being never. errTaken if it was not.
func (b *bucket) put(ctx context.Context, key string, h nats.Header, data []byte, expect uint64) (seq uint64, err error) {
	ack, err := b.js.PublishMsg(ctx, b.message(key, h, data), jetstream.WithExpectLastSequencePerSubject(expect))
	if err != nil {
		return 0, refused(err)
	}
	return ack.Sequence, nil
}

// refused says what an answer to a publish means.
func refused(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
		return fmt.Errorf("%w: %w", errTaken, err)
	}
	return full(err)
}

// purge removes keys, of which the last parts may be wildcards.
func (b *bucket) purge(ctx context.Context, keys string) error {
	return b.stream.Purge(ctx, jetstream.WithPurgeSubject(b.subject(keys)))
}

// purgeAt removes a key unless it was written after seq.
func (b *bucket) purgeAt(ctx context.Context, key string, seq uint64) error {
	return b.stream.Purge(ctx, jetstream.WithPurgeSubject(b.subject(key)), jetstream.WithPurgeSequence(seq+1))
}

// afterwards is a context for what must be undone even if the caller has left.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), late)
}

const (
	scanAtOnce = 1000 // messages
	scanEmpty  = 3    // answers without a message, while there should be some
)

// scan calls do with every key that matches, without its data. One that changes
// meanwhile may come twice.
func (b *bucket) scan(ctx context.Context, keys string, do func(entry)) error {
	c, err := b.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject: b.subject(keys), AckPolicy: jetstream.AckNonePolicy, DeliverPolicy: jetstream.DeliverAllPolicy,
		HeadersOnly: true, MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return full(err)
	}
	defer func() {
		ctx, cancel := afterwards(ctx)
		defer cancel()
		_ = b.stream.DeleteConsumer(ctx, c.CachedInfo().Name) // it ends by itself too
	}()
	left := c.CachedInfo().NumPending
	for empty := 0; left > 0; {
		n, err := b.fetch(ctx, c, &left, do)
		if err != nil {
			return err
		}
		if n > 0 {
			empty = 0
			continue
		}
		// What was left may be gone, or the server is slow: only it knows.
		info, err := c.Info(ctx)
		if err != nil {
			return err
		}
		left = info.NumPending
		if empty++; left > 0 && empty == scanEmpty {
			return fmt.Errorf("the server stopped in the middle of a list of %s", b.name)
		}
	}
	return nil
}

// fetch reads what is there now, and sets how many are left.
func (b *bucket) fetch(ctx context.Context, c jetstream.Consumer, left *uint64, do func(entry)) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	some, err := c.FetchNoWait(scanAtOnce)
	if err != nil {
		return 0, err
	}
	for m := range some.Messages() {
		meta, err := m.Metadata()
		if err != nil {
			return 0, err
		}
		n, *left = n+1, meta.NumPending
		do(entry{b.key(m.Subject()), m.Headers(), nil, meta.Sequence.Stream, meta.Timestamp})
	}
	return n, some.Error()
}
