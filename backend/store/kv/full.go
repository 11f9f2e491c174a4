package kv

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// noRoom are JetStream's codes for a server, or an account, that has no room.
var noRoom = map[jetstream.ErrorCode]bool{
	10023: true, // insufficient resources
	10028: true, // insufficient memory resources available
	10047: true, // insufficient storage resources available
}

// noRoomSaid are its words where the code says only that a store failed.
var noRoomSaid = []string{"insufficient storage", "maximum bytes exceeded", "insufficient resources", "resource limits exceeded", "no space left", "read-only file system"}

// full makes an ErrFull of what says that there is no room, and keeps what it said.
func full(err error) error {
	var api *jetstream.APIError
	if errors.Is(err, job.ErrFull) || !errors.As(err, &api) {
		return err
	}
	is := noRoom[api.ErrorCode]
	for _, said := range noRoomSaid {
		is = is || strings.Contains(api.Description, said)
	}
	if is {
		return fmt.Errorf("%w: %w", job.ErrFull, err)
	}
	return err
}
