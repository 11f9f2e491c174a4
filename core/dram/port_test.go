package dram_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/dram"
)

// A list is a Source that asks for what it holds, in order.
type list struct {
	reqs   []dram.Request
	served []int64 // when, by tag
}

var _ dram.Source = (*list)(nil)

func (l *list) Next(int64) (*dram.Request, bool) {
	if len(l.reqs) == 0 {
		return nil, false
	}
	return &l.reqs[0], true
}

func (l *list) Sent(int64) { l.reqs = l.reqs[1:] }

func (l *list) Served(tag int32, at int64) { l.served[tag] = at }

func (l *list) Done() bool { return len(l.reqs) == 0 }

// drawChannel draws what a port takes, and asks it for bursts that are all
// different, so that each has its command.
func drawChannel(t *rapid.T) (dram.Spec, []dram.Request) {
	kind := rapid.SampledFrom([]dram.Kind{dram.Window, dram.Streaming}).Draw(t, "kind")
	s := drawSpec(t, kind, []dram.Standard{dram.LPDDR5})
	s.Channels, s.Controller.Cap = 1, 0
	seen := map[dram.Place]bool{}
	reqs := slices.DeleteFunc(drawRequests(t, s, 80), func(r dram.Request) bool {
		old := seen[r.Place]
		seen[r.Place] = true
		return old
	})
	for i := range reqs {
		reqs[i].Tag = int32(i)
	}
	return s, reqs
}

func TestAPortIsAChannelOfARun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, reqs := drawChannel(t)
		var want, got []dram.Command
		result, err := attempt(s, reqs, 0, func(c dram.Command) { want = append(want, c) })
		if err != nil {
			t.Fatal(err)
		}
		src := &list{reqs, make([]int64, len(reqs))}
		p := dram.NewPort(s, func(c dram.Command) { got = append(got, c) })
		if err := p.Run(t.Context(), src, true); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("a port issues\n%v\na run\n%v", got, want)
		}
		if r := p.Result(); r.Counts != result.Counts || r.Bytes != result.Bytes || r.Latency != result.Latency || r.Cycles != result.Cycles {
			t.Errorf("a port results in %+v, a run in %+v", r, result)
		}
		for _, c := range got {
			for _, r := range reqs {
				if r.Place == c.Place && (c.Op == dram.WR || c.Op == dram.RD) && src.served[r.Tag] < c.Clock {
					t.Errorf("%+v is said to be served at clock %d", c, src.served[r.Tag])
				}
			}
		}
	})
}

func TestACloneGoesOnByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, reqs := drawChannel(t)
		half := len(reqs) / 2
		first := &list{reqs[:half], make([]int64, len(reqs))}
		var log *[]dram.Command
		p := dram.NewPort(s, func(c dram.Command) {
			if log != nil {
				*log = append(*log, c)
			}
		})
		if err := p.Run(t.Context(), first, false); err != nil {
			t.Fatal(err)
		}
		q := p.Clone()
		before := p.Result()
		goOn := func(p *dram.Port) (all []dram.Command) {
			log = &all
			if err := p.Run(t.Context(), &list{reqs[half:], make([]int64, len(reqs))}, true); err != nil {
				t.Fatal(err)
			}
			return all
		}
		a := goOn(q)
		if p.Result() != before {
			t.Error("what the clone did changed the original")
		}
		if b := goOn(p); !slices.Equal(a, b) || p.Now() != q.Now() || p.Result() != q.Result() {
			t.Errorf("the clone went on as\n%v\nthe original as\n%v", a, b)
		}
	})
}
