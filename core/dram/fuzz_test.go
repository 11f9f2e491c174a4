package dram_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/dram"
)

// fuzzed are the memories that hostile requests are sent to.
var fuzzed = []string{
	"r2_lp5_6400", "r2_lp5_6400_refpb", "r2_lp5_6400_2rank", "r2_lp5_6400_rowhit", "r2_lp5_6400_8ch", "r2_ddr4_3200", "r2_ddr5_4800",
	"d3_lp5eq_6400", "d3_lp5eq_6400_refpb", "d3_hbm2", "lpddr5_6400", "lpddr5x_8533",
}

// requestsOf reads four bytes a request: its kind and the pause before it, and
// where it goes, close to the others.
func requestsOf(data []byte, s dram.Spec) []dram.Request {
	g := s.Geometry
	var reqs []dram.Request
	clock := int64(0)
	for b := range slices.Chunk(data, 4) {
		if len(b) < 4 {
			break
		}
		pause := int64(b[0] >> 1)
		clock += pause * pause
		at := int(b[1])
		r := dram.Request{Arrive: clock, Write: b[0]&1 == 1, Channel: int32(at>>5) % int32(s.Channels), Place: dram.Place{
			Rank: int32((at >> 4) % g.Ranks), Group: int32(at % g.Groups), Bank: int32((at >> 2) % g.Banks),
			Row: int32(int(b[2]) % g.Rows), Col: int32(int(b[3]) % g.Bursts),
		}}
		if s.Controller.Kind == dram.Banks { // or it may wait for ever: see keepApart
			r.Col &^= 1
			if r.Write {
				r.Col |= 1
			}
		}
		reqs = append(reqs, r)
	}
	return reqs
}

func FuzzAnyRequestsAreServedByTheRules(f *testing.F) {
	for i := range fuzzed {
		for seed := range 3 {
			data := make([]byte, 4*200)
			for at := range data {
				data[at] = byte((at*at*(seed+1) + at*(i+3)) >> (2 * seed))
				if at%4 == 0 && seed < 2 {
					data[at] &= 1
				}
			}
			f.Add(uint8(i), uint8(seed*8), data)
		}
	}
	f.Fuzz(func(t *testing.T, config, window uint8, data []byte) {
		s := named(t, fuzzed[int(config)%len(fuzzed)])
		if len(data) > 4*2000 {
			data = data[:4*2000]
		}
		if _, err := attempt(s, requestsOf(data, s), int(window), nil); err != nil {
			t.Error(s.Name, err)
		}
	})
}

// The property of drawn memories, for the fuzzer to draw.
func FuzzAnyMemoryServesByTheRules(f *testing.F) {
	for seed := range 6 {
		data := make([]byte, 4096)
		x := uint32(seed*2654435761 + 1)
		for i := range data {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			data[i] = byte(x)
		}
		f.Add(data)
	}
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		s := drawSpec(t, k.kind, k.standards)
		if _, err := attempt(s, drawRequests(t, s, 100), 0, nil); err != nil {
			t.Error(err)
		}
	}))
}
