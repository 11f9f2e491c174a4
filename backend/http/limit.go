package httpapi

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// maxClients is how many clients a pace tells apart at once; newcomers beyond share one.
const maxClients = 1 << 16

// A pace lets each client do so much a minute: all at once, or bit by bit. Of a client it
// keeps only when it will have its whole share again (the generic cell rate algorithm).
type pace struct {
	share int // a minute
	now   func() time.Time

	mu    sync.Mutex
	whole map[string]time.Time
}

func newPace(share int) *pace {
	return &pace{share: share, now: time.Now, whole: make(map[string]time.Time)}
}

// take takes one of client's share. left is what remains of it, and wait how long until
// there is one more; if ok is false nothing was taken.
func (p *pace) take(client string) (left int, wait time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, each := p.now(), time.Minute/time.Duration(p.share)
	if _, known := p.whole[client]; !known && len(p.whole) >= maxClients && !p.forget(now) {
		client = "" // whoever makes up addresses slows those who do the same
	}
	whole := p.whole[client]
	if whole.Before(now) {
		whole = now
	}
	if used := whole.Sub(now); used+each > time.Duration(p.share)*each {
		return 0, used + each - time.Duration(p.share)*each, false
	}
	whole = whole.Add(each)
	p.whole[client] = whole
	return int((time.Duration(p.share)*each - whole.Sub(now)) / each), each, true
}

// forget drops clients that have their whole share, which is as if they never came.
func (p *pace) forget(now time.Time) bool {
	for c, whole := range p.whole {
		if !whole.After(now) {
			delete(p.whole, c)
		}
	}
	return len(p.whole) < maxClients
}

// limit refuses a client that starts more than its share. The headers are those of
// draft-ietf-httpapi-ratelimit-headers; no share is no limit.
func limit(share int) func(http.Handler) http.Handler {
	if share <= 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	p := newPace(share)
	return p.limit
}

func (p *pace) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost && r.Method != http.MethodPut {
			next.ServeHTTP(w, r)
			return
		}
		left, wait, ok := p.take(clientOf(r))
		seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
		w.Header().Set("RateLimit-Policy", fmt.Sprintf(`"starts";q=%d;w=60`, p.share))
		w.Header().Set("RateLimit", fmt.Sprintf(`"starts";r=%d;t=%s`, left, seconds))
		if ok {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", seconds)
		writeProblem(w, huma.Error429TooManyRequests(fmt.Sprintf("at most %d requests a minute may start something", p.share)))
	})
}
