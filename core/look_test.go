package core_test

import (
	"context"
	"encoding/json"
	"testing"

	"monde/core"
	"monde/core/wire"
)

func TestALookEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var reply wire.Reply
	new(core.Session).Call(ctx, encoded(t, wire.Request{
		Op: wire.OpLook, Scenario: json.RawMessage(`{"model":"mixtral-8x7b"}`), Look: &wire.Look{Tokens: 64, Clocks: 1},
	}), func(b []byte) {
		if err := json.Unmarshal(b, &reply); err != nil {
			t.Fatal(err)
		}
	})
	if reply.Failed == nil || reply.Failed.Code != wire.CodeCancelled {
		t.Errorf("got %+v", reply.Failed)
	}
}
