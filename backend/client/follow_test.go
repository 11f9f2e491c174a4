package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"monde/backend/client"
	"monde/backend/socket"
	"monde/core/wire"
)

// A turn is one connection of a stream: a status other than 0, or what is sent before it
// is dropped.
type turn struct {
	status int
	after  string
	send   []wire.Message
}

// says returns messages of one kind.
func says(kind wire.Kind, seqs ...int64) (all []wire.Message) {
	for _, seq := range seqs {
		all = append(all, wire.Message{V: wire.Version, Seq: seq, Kind: kind})
	}
	return all
}

// stream serves turns one after the other, and notes from where they were asked for.
func stream(t *testing.T, turns ...turn) (c *client.Client, from *[]string) {
	t.Helper()
	from = &[]string{}
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if *from = append(*from, r.FormValue("from")); len(*from) > len(turns) {
			t.Error("one connection too many")
			refuse(w, http.StatusNotFound, "", `{}`)
			return
		}
		n := turns[len(*from)-1]
		if n.status != 0 {
			refuse(w, n.status, n.after, `{"detail":"no"}`)
			return
		}
		conn, err := socket.Accept(w, r, 512)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Drop()
		for _, m := range n.send {
			text, _ := json.Marshal(m)
			if err := conn.Write(r.Context(), text); err != nil {
				t.Error(err)
			}
			if m.Kind == wire.KindEnd {
				conn.Listen(context.WithoutCancel(r.Context()))
			}
		}
	}), from
}

// follow returns the numbers of what a stream says.
func follow(t *testing.T, c *client.Client, s *client.Stream) (seqs []int64, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = c.Follow(ctx, s, func(m wire.Message) error {
		seqs = append(seqs, m.Seq)
		return nil
	})
	return seqs, err
}

func TestAStreamGoesOnWhereItWasLost(t *testing.T) {
	c, from := stream(t,
		turn{send: says(wire.KindRows, 255, 511)},
		turn{send: slices.Concat(says(wire.KindRows, 767), says(wire.KindMoved, 767))}, // the server leaves
		turn{status: http.StatusServiceUnavailable, after: "1"},
		turn{},
		turn{send: slices.Concat(says(wire.KindSwept, 1023), says(wire.KindEnd, 1279))},
	)
	s := &client.Stream{Path: "/api/v1/sweeps/a/stream"}
	seqs, err := follow(t, c, s)
	if want := []int64{255, 511, 767, 1023, 1279}; err != nil || !slices.Equal(seqs, want) || s.Seq != 1279 {
		t.Errorf("%v, %v", seqs, err)
	}
	if want := []string{"0", "511", "767", "767", "767"}; !slices.Equal(*from, want) {
		t.Errorf("asked from %v, want %v", *from, want)
	}
}

func TestAStreamWhoseEventsWereLostBeginsAgain(t *testing.T) {
	c, from := stream(t, turn{status: http.StatusUnprocessableEntity}, turn{send: says(wire.KindEnd, 255)})
	if seqs, err := follow(t, c, &client.Stream{Path: "/s", Seq: 9999}); err != nil || len(seqs) != 1 {
		t.Errorf("%v, %v", seqs, err)
	}
	if want := []string{"9999", "0"}; !slices.Equal(*from, want) {
		t.Errorf("asked from %v, want %v", *from, want)
	}
}

func TestAStreamThatNobodyKnowsIsGivenUp(t *testing.T) {
	c, _ := stream(t, turn{send: says(wire.KindRows, 255)}, turn{status: http.StatusNotFound})
	if _, err := follow(t, c, &client.Stream{Path: "/s"}); !client.IsUnknown(err) {
		t.Errorf("%v", err)
	}
}

func TestAStreamOfAnotherVersionIsNotRead(t *testing.T) {
	m := says(wire.KindRows, 255)
	m[0].V = wire.Version + 1
	c, _ := stream(t, turn{send: m})
	if _, err := follow(t, c, &client.Stream{Path: "/s"}); err == nil {
		t.Error("it is")
	}
}

func TestFollowingEndsWithItsTakerOrItsContext(t *testing.T) {
	full := errors.New("no space left")
	c, _ := stream(t, turn{send: says(wire.KindRows, 255, 511)})
	if err := c.Follow(t.Context(), &client.Stream{Path: "/s"}, func(wire.Message) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c = dial(t, "http://127.0.0.1:1")
	if err := c.Follow(ctx, &client.Stream{Path: "/s"}, func(wire.Message) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
