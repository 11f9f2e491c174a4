package kv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// atOnce is how many keys one request reads: with values of cutAt bytes each, what the
// server and a subscription hold at once (64 MB) is enough.
const atOnce = 64

// many reads keys in one round trip for each atOnce of them: a direct get of the last
// message of many subjects (server 2.11, ADR-31). Those without a value are left out.
func (b *bucket) many(ctx context.Context, keys []string) (map[string]entry, error) {
	found := make(map[string]entry, len(keys))
	for some := range slices.Chunk(keys, atOnce) {
		for more := true; more; {
			var err error
			before := len(found)
			if more, err = b.batch(ctx, some, found); err != nil {
				return nil, err
			}
			if more && len(found) == before {
				return nil, errors.New("the server cuts lists of keys short")
			}
			some = slices.DeleteFunc(slices.Clone(some), func(k string) bool { _, ok := found[k]; return ok })
		}
	}
	return found, nil
}

// batch makes one request, and reports whether the server has more to say.
func (b *bucket) batch(ctx context.Context, keys []string, to map[string]entry) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, late)
	defer cancel()
	request := struct {
		Subjects []string `json:"multi_last"`
	}{}
	for _, k := range keys {
		request.Subjects = append(request.Subjects, b.subject(k))
	}
	raw, err := json.Marshal(request)
	if err != nil {
		return false, err
	}
	conn := b.js.Conn()
	inbox := conn.NewInbox()
	sub, err := conn.SubscribeSync(inbox)
	if err != nil {
		return false, err
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is closed
	if err := conn.PublishRequest(apiPrefix(b.js)+"DIRECT.GET.KV_"+b.name, inbox, raw); err != nil {
		return false, err
	}
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return false, err
		}
		if ended, more, err := b.take(m, to); ended || err != nil {
			return more, err
		}
	}
}

// take takes one answer of a batch.
func (b *bucket) take(m *nats.Msg, to map[string]entry) (ended, more bool, err error) {
	switch status := m.Header.Get("Status"); status {
	case "":
	case "204": // the end
		return true, m.Header.Get("Nats-Num-Pending") != "0", nil
	case "404": // none of them
		return true, false, nil
	default:
		return true, false, fmt.Errorf("%s %s", status, m.Header.Get("Description"))
	}
	seq, err := strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return true, false, err
	}
	at, err := time.Parse(time.RFC3339Nano, m.Header.Get(jetstream.TimeStampHeaer))
	if err != nil {
		return true, false, err
	}
	key := b.key(m.Header.Get(jetstream.SubjectHeader))
	to[key] = entry{key, m.Header, m.Data, seq, at}
	return false, false, nil
}

// apiPrefix is where a server's JetStream listens.
func apiPrefix(js jetstream.JetStream) string {
	switch o := js.Options(); {
	case o.Domain != "":
		return "$JS." + o.Domain + ".API."
	case o.APIPrefix != "":
		return o.APIPrefix + "."
	default:
		return jetstream.DefaultAPIPrefix
	}
}
