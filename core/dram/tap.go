package dram

// A Limit is what kept the data bus idle before a burst.
type Limit uint8

// Limits, in the order in which they are asked: the first that applies counts, for
// the time since the request came.
const (
	ByRequests   Limit = iota // nothing to do: the request had not come
	ByRefresh                 // a refresh came between
	ByTurnaround              // from reads to writes or back
	ByRow                     // its row had to be opened
	ByGroup                   // the bank group was busy (tCCD_L)
	ByOther                   // ranks, the command bus, WCK
	Limits                    // how many there are
)

// String returns the name that reports use.
func (l Limit) String() string {
	return [...]string{"requests", "refresh", "turnaround", "row", "bank group", "other"}[l]
}

// tap is what one channel tells of its work.
type tap struct {
	channel int32
	bl      int64 // clocks of a burst on the bus
	emit    func(Command)
	done    func(tag int32, at int64) // a Source's; may be nil
	counts  [Ops]int64
	latency []int64 // reads by latency, from acceptance to last data
	end     int64   // last data read, or last write issued
	moved   int64   // bursts on the bus, and reads and writes that needed none
	flight  flight
	idle    idle
}

// command counts op, for a burst in bank b or for none, and tells who listens.
func (t *tap) command(d *device, now int64, op Op, b int, row, col int32) {
	t.counts[op]++
	if t.emit == nil {
		return
	}
	c := Command{Clock: now, Channel: t.channel, Op: op, Place: Place{Rank: int32(d.rankOf[b]), Group: -1, Bank: -1, Row: row, Col: col}}
	if op != PREab && op != REFab {
		c.Group, c.Bank = int32(b%d.perRank/d.perGroup), int32(b%d.perGroup)
	}
	t.emit(c)
}

// read notes that a read accepted at arrive has its data at done.
func (t *tap) read(arrive, done int64) {
	t.end = max(t.end, done)
	t.moved++
	lat := int(done - arrive)
	if lat >= len(t.latency) {
		t.latency = append(t.latency, make([]int64, lat+1-len(t.latency)+lat/4)...)
	}
	t.latency[lat]++
}

// write notes that a write was issued at now, or needs no burst.
func (t *tap) write(now int64) {
	t.end = max(t.end, now)
	t.moved++
}

// idle tells what the data bus waited for.
type idle struct {
	clocks  [Limits]int64
	last    int64 // clock of the last burst's command; 0 before the first
	group   uint8
	write   bool
	refresh bool // since then
	rows    uint64
}

// opened and refreshed note what came since the last burst.
func (i *idle) opened(bank int) { i.rows |= 1 << (bank & (maxBanks - 1)) }
func (i *idle) refreshed()      { i.refresh = true }

// burst notes the command of a burst at now, of a request that arrived at
// arrive, and bl clocks on the bus.
func (i *idle) burst(now, arrive, bl int64, bank int, group uint8, write bool) {
	if gap := now - i.last - bl; gap > 0 {
		idle := min(gap, max(0, arrive-i.last-bl))
		if i.last == 0 {
			idle = min(gap, arrive)
		}
		i.clocks[ByRequests] += idle
		i.clocks[i.why(bank, group, write)] += gap - idle
	}
	i.last, i.group, i.write, i.refresh = now, group, write, false
	i.rows &^= 1 << (bank & (maxBanks - 1))
}

func (i *idle) why(bank int, group uint8, write bool) Limit {
	switch {
	case i.refresh:
		return ByRefresh
	case i.rows&(1<<(bank&(maxBanks-1))) != 0:
		return ByRow
	case i.write != write:
		return ByTurnaround
	case i.group == group:
		return ByGroup
	}
	return ByOther
}

// flight counts what is under way, for a front end that allows only so many.
type flight struct {
	on    bool
	open  int // accepted and not served
	lag   int64
	reads clocks // when data comes
	quick clocks // when what needs no burst is answered
}

// clocks is a queue of clocks that never decrease.
type clocks struct {
	at   []int64
	head int
}

func (q *clocks) push(t int64) { q.at = append(q.at, t) }

// drop takes out what is at most t, and says how many that were.
func (q *clocks) drop(t int64) int {
	n := q.head
	for q.head < len(q.at) && q.at[q.head] <= t {
		q.head++
	}
	n = q.head - n
	if q.head > 1024 && q.head*2 > len(q.at) {
		q.at = q.at[:copy(q.at, q.at[q.head:])]
		q.head = 0
	}
	return n
}

func (q *clocks) next() int64 {
	if q.head == len(q.at) {
		return never
	}
	return q.at[q.head]
}

// at returns how many are under way as the front end sees them at clock now.
func (f *flight) at(now int64) int {
	f.open -= f.reads.drop(now-f.lag) + f.quick.drop(now-f.lag)
	return f.open
}

// next returns the clock at which one fewer will be, or never.
func (f *flight) next() int64 {
	if t := min(f.reads.next(), f.quick.next()); t < never {
		return t + f.lag
	}
	return never
}
