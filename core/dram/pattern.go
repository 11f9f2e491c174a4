package dram

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"monde/core/fault"
	"monde/core/rng"
)

// Patterns are the request streams that can be made up, by name.
var Patterns = [...]string{
	"seq_bg", "seq_row", "seq_onebank", "seq_bg_wr", "rand", "rand_open", "seq_open", "conf_bank", "pingpong", "conf_bg", "conf_all",
	"mix90_seq", "mix50_seq", "mix90_rand", "two_seq_sbg", "two_seq_dbg", "expert",
}

// Pattern returns n requests of the named stream for every channel of s, in the
// order of the channels; rand and mix90_rand draw the channel too. Open streams
// arrive at half the bandwidth of the data bus (seq_open) or a fifth (rand_open), or
// at as many thousandths of it as follow their name and a colon (rand_open:350).
func Pattern(name string, s Spec, n int, seed uint64) ([]Request, error) {
	if n < 1 || n*s.Channels > MaxRequests {
		return nil, fault.At("requests", "must be 1 to %d in all channels, got %d each", MaxRequests, n)
	}
	make1, name, err := patternOf(name)
	if err != nil {
		return nil, err
	}
	p := pattern{g: s.Geometry, bl: int64(s.Timing.BL), rand: rng.Stream(seed, name)}
	reqs := make([]Request, 0, n*s.Channels)
	scattered := s.Channels > 1 && (name == "rand" || name == "mix90_rand")
	var r Request
	for i := range n {
		p.arrive = 0
		for c := range s.Channels {
			if c == 0 || scattered {
				r = Request{Place: make1(&p, i)}
				r.Write, r.Arrive = p.write, p.arrive
			}
			if r.Channel = int32(c); scattered {
				r.Channel = int32(p.rand.IntN(s.Channels))
			}
			reqs = append(reqs, r)
		}
	}
	return reqs, nil
}

// pattern makes one stream for one channel.
type pattern struct {
	g      Geometry
	bl     int64
	rand   *rand.Rand
	clock  int64 // of the last arrival
	arrive int64 // of the request being made
	write  bool  // whether it writes
}

// patternOf returns what makes the named stream, and its name without a share, so
// that the same is drawn for every share.
func patternOf(full string) (make1 func(*pattern, int) Place, name string, err error) {
	name, given, shared := strings.Cut(full, ":")
	makers, open := closedPatterns(), openPatterns[name]
	if make1 = makers[name]; open.of != nil {
		make1 = arriving(open.of, open.share, false)
	}
	if make1 == nil {
		return nil, name, fault.At("stream", "must be one of %v, got %q", Patterns, full)
	}
	if !shared {
		return make1, name, nil
	}
	if open.of == nil {
		return nil, name, fault.At("stream", "only rand_open and seq_open arrive at a share of the data bus, got %q", full)
	}
	share, err := strconv.Atoi(given)
	if err != nil || share < 1 || share > 1000 {
		return nil, name, fault.At("stream", "%s must be followed by 1 to 1000, in thousandths of the data bus, got %q", name+":", given)
	}
	return arriving(open.of, share, share != open.share), name, nil
}

// openPatterns are the streams that arrive by and by, and at which share in 1000 of
// the data bus unless another is given.
var openPatterns = map[string]struct {
	of    func(*pattern, int) Place
	share int
}{
	"rand_open": {(*pattern).anywhere, 200},
	"seq_open":  {(*pattern).groups, 500},
}

// closedPatterns are the streams that are there from the beginning.
func closedPatterns() map[string]func(*pattern, int) Place {
	return map[string]func(*pattern, int) Place{
		"seq_bg":      (*pattern).groups,
		"seq_row":     (*pattern).row,
		"seq_onebank": (*pattern).oneBank,
		"seq_bg_wr":   written((*pattern).groups, 1000),
		"rand":        (*pattern).anywhere,
		"conf_bank":   func(p *pattern, i int) Place { return Place{Row: int32(i % p.g.Rows)} },
		"conf_bg":     (*pattern).conflictInGroup,
		"conf_all":    (*pattern).conflictEverywhere,
		"pingpong":    (*pattern).pingpong,
		"mix90_seq":   written((*pattern).groups, 100),
		"mix50_seq":   written((*pattern).groups, 500),
		"mix90_rand":  written((*pattern).anywhere, 100),
		"two_seq_sbg": func(p *pattern, i int) Place { return p.pair(i, Place{Bank: int32(i % 2)}) },
		"two_seq_dbg": func(p *pattern, i int) Place { return p.pair(i, Place{Group: int32(i % 2)}) },
		"expert":      (*pattern).expert,
	}
}

// digits writes i in the mixed radices given, the first one fastest.
func digits(i int, radices ...int) [5]int32 {
	var d [5]int32
	for k, r := range radices {
		d[k] = int32(i % r)
		i /= r
	}
	return d
}

// groups: bank group fastest, then burst, bank, rank and row.
func (p *pattern) groups(i int) Place {
	d := digits(i, p.g.Groups, p.g.Bursts, p.g.Banks, p.g.Ranks, p.g.Rows)
	return Place{Group: d[0], Col: d[1], Bank: d[2], Rank: d[3], Row: d[4]}
}

// row: a whole row, then the next bank group, bank and rank, then the next row.
func (p *pattern) row(i int) Place {
	d := digits(i, p.g.Bursts, p.g.Groups, p.g.Banks, p.g.Ranks, p.g.Rows)
	return Place{Col: d[0], Group: d[1], Bank: d[2], Rank: d[3], Row: d[4]}
}

func (p *pattern) oneBank(i int) Place {
	d := digits(i, p.g.Bursts, p.g.Rows)
	return Place{Col: d[0], Row: d[1]}
}

func (p *pattern) anywhere(int) Place {
	n := func(of int) int32 { return int32(p.rand.IntN(of)) }
	return Place{Rank: n(p.g.Ranks), Group: n(p.g.Groups), Bank: n(p.g.Banks), Row: n(p.g.Rows), Col: n(p.g.Bursts)}
}

// conflictInGroup: the banks of one group in turn, a new row each time.
func (p *pattern) conflictInGroup(i int) Place {
	d := digits(i, p.g.Banks, p.g.Rows)
	return Place{Bank: d[0], Row: d[1]}
}

// conflictEverywhere: all banks of a rank in turn, a new row each time.
func (p *pattern) conflictEverywhere(i int) Place {
	d := digits(i, p.g.Groups, p.g.Banks, p.g.Rows)
	return Place{Group: d[0], Bank: d[1], Row: d[2]}
}

// pingpong: two rows of one bank in turn.
func (p *pattern) pingpong(i int) Place {
	d := digits(i, 2, p.g.Bursts, max(1, p.g.Rows/2))
	return Place{Row: (d[0] + 2*d[2]) % int32(p.g.Rows), Col: d[1]}
}

// pair: two sequential streams in turn, where at says.
func (p *pattern) pair(i int, at Place) Place {
	d := digits(i/2, p.g.Bursts, p.g.Rows)
	at.Col, at.Row = d[0], d[1]
	at.Bank, at.Group = at.Bank%int32(p.g.Banks), at.Group%int32(p.g.Groups)
	return at
}

// expert: weights over all banks but the last of each group, and in that one,
// after every 30, a read of activations and a write of results.
func (p *pattern) expert(i int) Place {
	const each = 32
	k, at := i/each, i%each
	if at >= each-2 {
		p.write = at == each-1
		d := digits(2*k+at-(each-2), p.g.Groups, p.g.Bursts, p.g.Rows)
		return Place{Group: d[0], Bank: int32(p.g.Banks - 1), Col: d[1], Row: d[2]}
	}
	p.write = false
	d := digits(k*(each-2)+at, p.g.Groups, p.g.Bursts, max(1, p.g.Banks-1), p.g.Rows)
	return Place{Group: d[0], Col: d[1], Bank: d[2], Row: d[3]}
}

// written makes share in 1000 of a stream writes.
func written(of func(*pattern, int) Place, share int) func(*pattern, int) Place {
	return func(p *pattern, i int) Place {
		p.write = share == 1000 || p.rand.IntN(1000) < share
		return of(p, i)
	}
}

// arriving spaces a stream out, at random, to share in 1000 of the data bus: the
// chance of a request is that over bl in each clock, up to a thousandth as the
// reference traces have it, or exactly.
func arriving(of func(*pattern, int) Place, share int, exact bool) func(*pattern, int) Place {
	return func(p *pattern, i int) Place {
		sides, each := int64(1000), p.bl
		if exact {
			sides, each = 1000*p.bl, 1
		}
		for p.clock++; p.rand.Int64N(sides)*each >= int64(share); {
			p.clock++
		}
		p.arrive = p.clock
		return of(p, i)
	}
}
