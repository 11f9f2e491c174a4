package kv

import (
	"context"
	"errors"
	"log/slog"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

type Options struct {
	Replicas int
	Log      *slog.Logger
}

func New(context.Context, jetstream.JetStream, Options) (job.Store, error) {
	return nil, errors.New("not yet")
}
