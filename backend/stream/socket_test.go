package stream

//lint:file-ignore SA1019 See backend/stream/socket.go.

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"nhooyr.io/websocket"

	"monde/backend/bus"
	"monde/backend/job/jobtest"
	"monde/core/wire"
)

// purge empties the stream of events.
func purge(ctx context.Context, js jetstream.JetStream) error {
	s, err := js.Stream(ctx, bus.Events)
	if err != nil {
		return err
	}
	return s.Purge(ctx)
}

func TestAllWatchersGetTheSameReport(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	j := s.startRun(t, "5")
	var all sync.WaitGroup
	reports := make([][]byte, 24)
	for i := range reports {
		conn := dial(t, s.url+j.ID)
		all.Go(func() {
			raw, _ := read(t, conn, isEnd)
			reports[i] = raw[len(raw)-2]
		})
	}
	s.Worker(jobtest.Real(), 1)
	all.Wait()
	for i, r := range reports {
		if !bytes.Equal(r, reports[0]) || !bytes.Contains(r, []byte(`"kind":"report"`)) {
			t.Errorf("watcher %d got %.200s", i, r)
		}
	}
}

func TestASlowWatcherHoldsNobodyUp(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	s.Worker(jobtest.Real(), 1)
	j := s.startSweep(t, 200)
	slow := dial(t, s.url+j.ID)
	read(t, dial(t, s.url+j.ID), isEnd) // done before the slow one reads at all
	if _, all := read(t, slow, isEnd); len(indexes(all)) != 200 {
		t.Error("the slow watcher missed rows")
	}
}

func TestHostileFramesEndOnlyTheirOwnConnection(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	var count jobtest.Counter
	s.Worker(jobtest.Paced(time.Hour, &count), 1)
	j := s.startRun(t, "1")
	good := dial(t, s.url+j.ID)
	for _, text := range []string{"{}", "", "\x00\xff", strings.Repeat("x", 1<<16)} {
		bad := dial(t, s.url+j.ID)
		err := bad.Write(t.Context(), websocket.MessageBinary, []byte(text)) // may be cut off on the way
		for err == nil {
			_, _, err = bad.Read(t.Context())
		}
	}
	if _, err := s.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	read(t, good, isEnd)
}

func TestPagesOfAnotherOriginAreRefused(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	_, res, err := websocket.Dial(t.Context(), s.url+s.startRun(t, "1").ID, &websocket.DialOptions{
		HTTPHeader: http.Header{"Origin": {"https://elsewhere.example"}},
	})
	if err == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("got %v, %v", res, err)
	}
}

func TestAClientThatVanishesIsNotWatchingAnyMore(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	j := s.startRun(t, "1")
	conn := dial(t, s.url+j.ID)
	for s.Watchers(j.ID) != 1 {
		time.Sleep(time.Millisecond) // the test's own time limit ends it
	}
	_ = conn.CloseNow()
	for s.Watchers(j.ID) != 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestMoreWatchersThanTheLimitAreRefused(t *testing.T) {
	s := newSite(t, t.TempDir(), func(l *Limits) { l.Client = 2 })
	j := s.startRun(t, "1")
	dial(t, s.url+j.ID)
	dial(t, s.url+j.ID)
	for s.Watchers(j.ID) != 2 {
		time.Sleep(time.Millisecond)
	}
	if _, res, err := websocket.Dial(t.Context(), s.url+j.ID, nil); err == nil || res.StatusCode != http.StatusConflict {
		t.Errorf("a third one: %v, %v", res, err)
	}
}

func TestAServerThatLeavesSendsWatchersElsewhere(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	conn := dial(t, s.url+s.startRun(t, "1").ID)
	time.Sleep(50 * time.Millisecond) // until it watches
	began := time.Now()
	done := make(chan struct{})
	go func() { closeSoon(s.Hub); close(done) }()
	_, all := read(t, conn, func(m wire.Message) bool { return m.Kind == wire.KindMoved })
	_ = conn.Close(websocket.StatusNormalClosure, "")
	<-done
	if took := time.Since(began); len(all) == 0 || took > 3*time.Second {
		t.Errorf("%q after %v", kinds(all), took)
	}
	if _, _, err := websocket.Dial(t.Context(), s.url+s.startRun(t, "2").ID, nil); err == nil {
		t.Error("it takes new ones")
	}
}
