package text

import (
	"fmt"
	"io"
	"strings"
	"time"

	"monde/core/sweep"
)

// Swept is what there is to say about a sweep when it is over. Paths and Points come
// from its plan; Add counts its rows.
type Swept struct {
	Paths  []string
	Points int

	done, bad  int
	wrong      sweep.Row // the first without a result
	fast, much sweep.Row // least latency, most tokens a second
}

// Add takes rows into account.
func (s *Swept) Add(rows []sweep.Row) {
	for _, r := range rows {
		s.done++
		if r.Result == nil {
			if s.bad++; s.bad == 1 {
				s.wrong = r
			}
			continue
		}
		if s.fast.Result == nil || r.Result.Latency < s.fast.Result.Latency {
			s.fast = r
		}
		if s.much.Result == nil || r.Result.TokensPerSecond > s.much.Result.TokensPerSecond {
			s.much = r
		}
	}
}

// Write tells it, for a sweep that took so long.
func (s *Swept) Write(w io.Writer, took time.Duration) error {
	p := &page{w: w}
	all := many(s.done, "point")
	if s.done < s.Points {
		all = fmt.Sprintf("%s of %s", count(int64(s.done)), many(s.Points, "point"))
	}
	p.line("%s in %s, %s a second; %s failed", all, span(took), digits(float64(s.done)/max(took.Seconds(), 1e-9), true), count(int64(s.bad)))
	if s.bad > 0 {
		p.line("first failed: %s: %s", s.point(s.wrong), s.wrong.Failed)
	}
	if s.fast.Result != nil {
		p.line("least latency: %s at %s", duration(s.fast.Result.Latency), s.point(s.fast))
		p.line("most tokens/s: %s at %s", digits(s.much.Result.TokensPerSecond, true), s.point(s.much))
	}
	return p.err
}

// point says which point a row is of.
func (s *Swept) point(r sweep.Row) string {
	var all []string
	for i, v := range r.Values {
		all = append(all, s.Paths[i]+"="+v.String())
	}
	return fmt.Sprintf("point %d, %s", r.Index, strings.Join(all, ", "))
}

// span writes a time of the clock on the wall.
func span(d time.Duration) string { return times.write(float64(d.Nanoseconds()) * 1000) }
