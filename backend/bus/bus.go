// Package bus is the engine that jobs travel on: NATS JetStream, in this process or on a
// cluster.
//
// It opens the connection and declares the streams of docs/architecture.md; what
// is sent over them is package job's. Messages that a stream has acknowledged survive a
// crash of any process; of the machine, too, where Config.Sync is set or a cluster
// replicates. It leaves out who may connect: that is the cluster's to say.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Config says which engine to use.
type Config struct {
	URL      string // of a cluster; empty: an engine of our own in Dir
	Creds    string // file with the cluster's credentials; empty: those of the URL, if any
	Replicas int    // copies that a cluster keeps of each stream; 0 is 1

	Dir    string // of our own engine
	Listen string // address at which our own engine lets workers join; empty: nowhere
	Sync   bool   // each message is on the disk before it is acknowledged: survives loss of power
	Log    *slog.Logger
}

// A Bus is a connection to the engine.
type Bus struct {
	Conn     *nats.Conn
	JS       jetstream.JetStream
	replicas int
	own      *server.Server // nil on a cluster
	broken   atomic.Bool    // own stores no more
}

// Open connects, to an engine that it starts itself unless c names one. It waits for
// the engine until ctx ends.
func Open(ctx context.Context, c Config) (*Bus, error) {
	b := &Bus{replicas: max(1, c.Replicas)}
	options := []nats.Option{
		nats.Name("monde"), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now is an error, not a promise
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.Log.Warn("the queue is away", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { c.Log.Info("the queue is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { c.Log.Warn("queue", "error", err) }),
	}
	url := c.URL
	if url == "" {
		own, err := start(c, &b.broken)
		if err != nil {
			return nil, err
		}
		b.own = own
		options = append(options, nats.InProcessServer(own))
	} else if c.Creds != "" {
		options = append(options, nats.UserCredentials(c.Creds))
	}
	if err := b.connect(ctx, url, options); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) connect(ctx context.Context, url string, options []nats.Option) error {
	for {
		conn, err := nats.Connect(url, options...)
		if err == nil {
			b.Conn = conn
			b.JS, err = jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(1024))
			return err
		}
		if !errors.Is(err, nats.ErrNoServers) && !strings.Contains(err.Error(), "timeout") {
			return fmt.Errorf("connecting to the queue: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("connecting to the queue: %w", err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// Replicas returns how many copies the engine keeps of each stream.
func (b *Bus) Replicas() int { return b.replicas }

// Own reports whether the engine is this process's own.
func (b *Bus) Own() bool { return b.own != nil }

// Embedded reports whether the engine is some monde serve's, whose record is its own:
// workers may join it, other servers may not.
func (b *Bus) Embedded() bool { return b.Conn.ConnectedServerName() == ownName }

// Broken reports whether our own engine stores no more, which only a new start mends.
func (b *Bus) Broken() bool {
	return b.own != nil && (b.broken.Load() || !b.own.JetStreamEnabled())
}

// Healthy says why the engine cannot be used now; nil if it can.
func (b *Bus) Healthy() error {
	switch {
	case b.Conn.Status() != nats.CONNECTED:
		return errors.New("the queue cannot be reached")
	case b.Broken():
		return errors.New("the queue has stopped storing: its disk was full or is broken; with room again, start the server again")
	}
	return nil
}

// Close ends the connection, and the engine if it is our own.
func (b *Bus) Close() {
	if b.Conn != nil {
		b.Conn.Close()
	}
	if b.own != nil {
		b.own.Shutdown()
		b.own.WaitForShutdown()
	}
}
