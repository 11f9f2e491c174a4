package stream

//lint:file-ignore SA1019 See backend/stream/socket.go.

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"nhooyr.io/websocket"

	"monde/backend/job"
	"monde/backend/job/jobtest"
	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
)

// A counted connection adds up the bytes that it reads.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// follow reads a stream to its end, closes it, and returns its messages and the
// bytes that came over the wire for them.
func follow(t *testing.T, url string, mode websocket.CompressionMode) (raw [][]byte, onWire int64, extensions string) {
	t.Helper()
	var bytes atomic.Int64
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		return counted{conn, &bytes}, err
	}}
	defer transport.CloseIdleConnections()
	conn, res, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, CompressionMode: mode,
	})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	raw, _ = read(t, conn, isEnd)
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("closing: %v", err)
	}
	return raw, bytes.Load(), res.Header.Get("Sec-WebSocket-Extensions")
}

// simulateMuch has a long report.
func simulateMuch(_ context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
	return report.Report{Machine: strings.Repeat(" of layer 7", 1<<15)}, nil
}

func TestAReportIsCompressedForWhoeverTakesItSo(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	s.Worker(job.Simulator{Engine: core.Engine, Report: simulateMuch}, 1)
	j := s.startRun(t, "1")
	s.Until(j.ID, jobtest.Over)
	url := s.url + j.ID
	plain, long, none := follow(t, url, websocket.CompressionDisabled)
	small, short, some := follow(t, url, websocket.CompressionNoContextTakeover)
	context, _, _ := follow(t, url, websocket.CompressionContextTakeover)
	if none != "" || !strings.Contains(some, "permessage-deflate") || !strings.Contains(some, "server_no_context_takeover") {
		t.Errorf("agreed on %q without compression, on %q with it", none, some)
	}
	join := func(raw [][]byte) []byte { return bytes.Join(raw, []byte("\n")) }
	if !bytes.Equal(join(plain), join(small)) || !bytes.Equal(join(plain), join(context)) {
		t.Error("the messages differ with how they were sent")
	}
	if long < int64(len(join(plain))) || short > long/10 {
		t.Errorf("%d bytes on the wire plain, %d compressed", long, short)
	}
}
