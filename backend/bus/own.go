package bus

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// MaxMessage is how long a message may be on our own engine. A cluster's default is 1 MiB.
	MaxMessage = 8 << 20

	ownName     = "monde-embedded"
	startWithin = 30 * time.Second // reading back what a crash left takes a while
)

// start runs an engine in this process. It sets broken once the engine can store no more.
func start(c Config, broken *atomic.Bool) (*server.Server, error) {
	o := &server.Options{
		ServerName: ownName, JetStream: true, StoreDir: c.Dir, SyncAlways: c.Sync,
		DontListen: c.Listen == "", NoSigs: true, NoLog: c.Log == nil, MaxPayload: MaxMessage,
		JetStreamMaxStore: 1 << 40, // what is kept is bounded by streams and by Trim, not here
	}
	if c.Listen != "" {
		host, port, err := net.SplitHostPort(c.Listen)
		if err != nil {
			return nil, fmt.Errorf("the address where workers join: %w", err)
		}
		if o.Host, o.Port, err = address(host, port); err != nil {
			return nil, err
		}
	}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, fmt.Errorf("starting the queue in %s: %w", c.Dir, err)
	}
	if c.Log != nil {
		s.SetLogger(logger{c.Log.With("part", "queue"), broken}, false, false)
	}
	s.Start()
	if !s.ReadyForConnections(startWithin) || !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, fmt.Errorf("the queue in %s does not start: is the directory writable, and is no other server using it?", c.Dir)
	}
	return s, nil
}

func address(host, port string) (string, int, error) {
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65_535 {
		return "", 0, errors.New("the address where workers join: no port " + strconv.Quote(port))
	}
	if n == 0 {
		n = server.RANDOM_PORT
	}
	return host, n, nil
}

// Addr returns where workers join our own engine; empty if nowhere.
func (b *Bus) Addr() string {
	if b.own == nil || b.own.Addr() == nil {
		return ""
	}
	return b.own.Addr().String()
}

// A logger passes on what the engine has to say. Its notices are about every start and
// stop of its own parts, which only its developers miss.
type logger struct {
	to     *slog.Logger
	broken *atomic.Bool
}

// gaveUp is what the engine says of a stream that it stores nothing in any more, also
// when its disk has room again: it says so nowhere else.
const gaveUp = "Critical write error"

// Noticef implements server.Logger.
func (l logger) Noticef(format string, v ...any) { l.to.Debug(fmt.Sprintf(format, v...)) }

// Warnf implements server.Logger.
func (l logger) Warnf(format string, v ...any) { l.to.Warn(fmt.Sprintf(format, v...)) }

// Fatalf implements server.Logger.
func (l logger) Fatalf(format string, v ...any) { l.to.Error(fmt.Sprintf(format, v...)) }

// Errorf implements server.Logger.
func (l logger) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	if strings.Contains(text, gaveUp) {
		l.broken.Store(true)
	}
	l.to.Error(text)
}

// Debugf implements server.Logger.
func (l logger) Debugf(string, ...any) {}

// Tracef implements server.Logger.
func (l logger) Tracef(string, ...any) {}
