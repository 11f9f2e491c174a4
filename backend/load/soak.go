package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"monde/backend/client"
)

// soakMode is mixed traffic for long.
type soakMode struct {
	Minutes  float64       `default:"30" help:"For how long."`
	Visitors int           `default:"8" help:"Who asks, one thing after the other each."`
	Pause    time.Duration `default:"50ms" help:"Between two things that one of them asks, about."`
	Every    time.Duration `default:"10s" help:"Between two looks at the server."`
	Seed     uint64        `default:"1" help:"Of what is asked."`
}

// A tally counts what was asked.
type tally struct {
	mu      sync.Mutex
	answers map[int]int // by status
	deeds   map[string]int
	wrong   []string
}

func (m *soakMode) measure(ctx context.Context, b bench, t *table) error {
	c, err := newCrew(b.bin, b.dir, "--workers", "1")
	if err != nil {
		return err
	}
	defer c.end()
	if err := c.start(ctx, 0); err != nil {
		return err
	}
	n := &tally{answers: map[int]int{}, deeds: map[string]int{}}
	v := &vitals{pid: c.server.pid(), ops: c.ops}
	stop := v.beside(ctx, m.Every)
	m.traffic(ctx, c.api, n)
	stop()
	ended := c.server.stop(20 * time.Second)
	m.tell(t, n, v)
	t.need(ended == nil, "the server does not end in order: %v", ended)
	return ctx.Err()
}

// traffic lets visitors ask until it is time.
func (m *soakMode) traffic(ctx context.Context, url string, n *tally) {
	within, cancel := context.WithTimeout(ctx, time.Duration(m.Minutes*float64(time.Minute)))
	defer cancel()
	var all sync.WaitGroup
	for i := range m.Visitors {
		all.Go(func() {
			v, leave, err := newVisitor(url, rand.New(rand.NewPCG(m.Seed, uint64(i))), n)
			if err != nil {
				n.did("visitor", err)
				return
			}
			defer leave()
			for within.Err() == nil {
				name, err := v.visit(within)
				if within.Err() != nil {
					return // it was cut short
				}
				n.did(name, err)
				_ = sleep(within, time.Duration(v.rng.Int64N(int64(2*m.Pause)+1))) // the loop looks
			}
		})
	}
	all.Wait()
}

func newVisitor(url string, rng *rand.Rand, n *tally) (v *visitor, leave func(), err error) {
	follow, err := client.New(url)
	if err != nil {
		return nil, nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	v = &visitor{url: url, http: &http.Client{Transport: transport}, follow: follow, rng: rng, note: n.answer}
	return v, func() { follow.Close(); transport.CloseIdleConnections() }, nil
}

// answer counts an answer.
func (n *tally) answer(_ string, status int, _ bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[status]++
}

// did counts a deed.
func (n *tally) did(name string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.deeds[name]++
	if err != nil && !errors.Is(err, context.Canceled) {
		n.wrong = append(n.wrong, fmt.Sprintf("%s: %v", name, err))
	}
}

// warm is how many looks at a server it takes before its memory says something.
const warm = 30

func (m *soakMode) tell(t *table, n *tally, v *vitals) {
	t.Title = fmt.Sprintf("mixed traffic of %d visitors for %g minutes", m.Visitors, m.Minutes)
	all := 0
	for _, times := range n.answers {
		all += times
	}
	t.add("answers", all, "", fmt.Sprintf("by status: %v", n.answers))
	t.add("deeds", len(n.deeds), "kinds", fmt.Sprint(n.deeds))
	rss := v.thirds(t, "memory", "MiB", func(x vital) float64 { return x.rss })
	count := v.thirds(t, "goroutines", "", func(x vital) float64 { return x.goroutines })
	t.add("CPU", v.all[len(v.all)-1].cpu.Seconds(), "s")
	for _, wrong := range n.wrong[:min(10, len(n.wrong))] {
		t.need(false, "%s", wrong)
	}
	t.need(len(n.wrong) == 0, "%d things went wrong", len(n.wrong))
	t.need(all > 0, "nothing was answered")
	if len(v.all) >= warm {
		t.need(rss[2] < 1.25*rss[1]+16, "memory grows: %.0f, then %.0f MiB", rss[1], rss[2])
		t.need(count[2] < 1.25*count[1]+16, "goroutines grow: %.0f, then %.0f", count[1], count[2])
	}
}
