package job

import "time"

// A pace tells how long what is left will take, by how fast the last of it went. Work
// is counted in estimated milliseconds, since points differ in what they cost.
type pace struct {
	began time.Time
	marks []mark // the last few seconds, oldest first
}

// A mark is how much was done at a time.
type mark struct {
	at     time.Time
	work   float64 // estimated ms
	points int
}

const (
	window     = 15 * time.Second        // that the pace is taken over
	settled    = 1500 * time.Millisecond // before which nothing is foretold
	leastShare = 0.01                    // of the work, before which nothing is foretold
)

// note says how much is done now.
func (p *pace) note(now time.Time, work float64, points int) {
	if p.began.IsZero() {
		p.began = now
	}
	p.marks = append(p.marks, mark{now, work, points})
	for len(p.marks) > 2 && now.Sub(p.marks[1].at) >= window && work > p.marks[1].work {
		p.marks = p.marks[1:]
	}
}

// remaining returns how long the rest of the work takes; 0 if that is not known.
func (p *pace) remaining(total float64) time.Duration {
	if len(p.marks) < 2 {
		return 0
	}
	first, last := p.marks[0], p.marks[len(p.marks)-1]
	span, done := last.at.Sub(first.at), last.work-first.work
	if last.at.Sub(p.began) < settled || done <= 0 || last.work < leastShare*total {
		return 0
	}
	return time.Duration(float64(span) * max(0, total-last.work) / done)
}

// rate returns points a second; 0 if that is not known.
func (p *pace) rate() float64 {
	if len(p.marks) < 2 {
		return 0
	}
	first, last := p.marks[0], p.marks[len(p.marks)-1]
	if span := last.at.Sub(first.at).Seconds(); span > 0 {
		return float64(last.points-first.points) / span
	}
	return 0
}
