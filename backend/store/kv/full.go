package kv

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// JetStream's words for there being no room. See
// https://github.com/nats-io/nats-server/blob/main/server/errors.json.
var (
	noRoom = map[jetstream.ErrorCode]bool{
		10023: true, // insufficient resources
		10028: true, // memory of the account or server
		10047: true, // storage of the account or server
		10122: true, // a stream that asks for more than is left
	}
	noRoomText = []string{"insufficient storage", "maximum bytes exceeded", "no space left"}
)

// full makes an ErrFull of what says that there is no room, and keeps what it said.
func full(err error) error {
	if err == nil || errors.Is(err, job.ErrFull) {
		return err
	}
	var e *jetstream.APIError
	room := !errors.As(err, &e) || !noRoom[e.ErrorCode]
	for _, text := range noRoomText {
		room = room && !strings.Contains(err.Error(), text)
	}
	if room {
		return err
	}
	return fmt.Errorf("%w: %w", job.ErrFull, err)
}

// refused reports whether the cluster said no, so that nothing was written. Anything
// else, such as silence, may have been written or not.
func refused(err error) bool {
	var e *jetstream.APIError
	return errors.As(err, &e)
}

// outrun reports whether somebody else wrote first.
func outrun(err error) bool {
	var e *jetstream.APIError
	return errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &e) &&
		(e.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || e.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}
