// Package unit defines the physical quantities of the simulator, so that every
// exported number elsewhere in core says what it measures.
//
// It models nothing and leaves out prefixes: a bandwidth of 1 GB/s is 1e9.
package unit

import "math/bits"

// Time is an instant or a span of simulated time, in picoseconds. It spans 106
// days, and is an integer so that sums do not depend on their order.
type Time int64

// Units of time.
const (
	Picosecond  Time = 1
	Nanosecond       = 1000 * Picosecond
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
)

// Seconds returns t in seconds, rounded to a float64: for people, never for the
// simulation.
func (t Time) Seconds() float64 { return float64(t) / float64(Second) }

// Cycles counts ticks of one clock. Cycles of different clocks do not mix: only
// a Clock turns them into Time.
type Cycles int64

// Bytes is an amount of data.
type Bytes int64

// BytesPerSecond is a bandwidth; 1 GB/s is 1e9.
type BytesPerSecond int64

// FLOPs counts floating-point operations; a multiply-add is two.
type FLOPs int64

// FLOPsPerSecond is a compute rate, dense: never a datasheet's sparse figure.
type FLOPsPerSecond int64

// A Clock is a fixed frequency in hertz.
type Clock int64

// Units of frequency.
const (
	Megahertz Clock = 1e6
	Gigahertz Clock = 1e9
)

// Power is a rate of energy, in milliwatts.
type Power int64

// Energy is in picojoules; it spans 9.2 MJ.
type Energy int64

// Edge returns when edge n of c happens: floor(n·10¹²/c), exact for every
// frequency, so a 3.2 GHz clock (312.5 ps) does not drift. n must not be
// negative.
func (c Clock) Edge(n Cycles) Time {
	q, _ := mulDiv(uint64(n), uint64(Second), uint64(c))
	return q
}

// Span returns the time of n cycles of c, rounded up, for work that ends on an
// edge but does not start on one.
func (c Clock) Span(n Cycles) Time { return ceil(mulDiv(uint64(n), uint64(Second), uint64(c))) }

// After returns the first cycle of c whose edge is at t or later. t must not be
// negative.
func (c Clock) After(t Time) Cycles {
	return Cycles(ceil(mulDiv(uint64(t), uint64(c), uint64(Second))))
}

// Transfer returns the time that b bytes take at bw, rounded up: a transfer is
// never shorter than the link allows.
func (bw BytesPerSecond) Transfer(b Bytes) Time {
	return ceil(mulDiv(uint64(b), uint64(Second), uint64(bw)))
}

// Compute returns the time that f operations take at rate r, rounded up.
func (r FLOPsPerSecond) Compute(f FLOPs) Time {
	return ceil(mulDiv(uint64(f), uint64(Second), uint64(r)))
}

// Over returns the energy that p takes over t, rounded up: mW·ps is 10⁻¹⁵ J.
func (p Power) Over(t Time) Energy {
	q, r := mulDiv(uint64(p), uint64(t), 1000)
	return Energy(ceil(q, r))
}

// Scaled returns the share e of rate r, rounded down and at least 1. The share
// is applied once, by one multiplication, so it is equal on every target.
func Scaled[R ~int64](r R, share float64) R { return max(1, R(float64(r)*share)) }

// Never is later than any instant that a simulation reaches. A quotient too
// large for Time saturates to it instead of wrapping.
const Never Time = 1<<63 - 1

// Plus returns a+b for b >= 0, saturating at Never.
func (a Time) Plus(b Time) Time {
	if a > Never-b {
		return Never
	}
	return a + b
}

// mulDiv returns floor(a·b/c) and the remainder, saturating at Never.
func mulDiv(a, b, c uint64) (Time, uint64) {
	hi, lo := bits.Mul64(a, b)
	if c == 0 || hi >= c {
		return Never, 0
	}
	q, r := bits.Div64(hi, lo, c)
	if q > uint64(Never) {
		return Never, 0
	}
	return Time(q), r
}

func ceil(q Time, r uint64) Time {
	if r > 0 && q < Never {
		q++
	}
	return q
}
