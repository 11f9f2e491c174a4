package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A vital is how a process is at a time.
type vital struct {
	at         time.Time
	rss        float64       // MiB
	cpu        time.Duration // so far
	goroutines float64       // 0: nobody says
}

// vitals are those of a process, one after the other.
type vitals struct {
	pid int
	ops string // address of its metrics
	all []vital
}

// watch takes vitals now and then until ctx ends, and once more.
func (v *vitals) watch(ctx context.Context, every time.Duration) {
	looks := time.NewTicker(every)
	defer looks.Stop()
	for {
		v.all = append(v.all, v.now(ctx))
		select {
		case <-ctx.Done():
			v.all = append(v.all, v.now(context.WithoutCancel(ctx)))
			return
		case <-looks.C:
		}
	}
}

// beside watches until the function that it returns is called.
func (v *vitals) beside(ctx context.Context, every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { v.watch(ctx, every) })
	return func() { cancel(); all.Wait() }
}

func (v *vitals) now(ctx context.Context) vital {
	return vital{at: time.Now(), rss: rssOf(v.pid), cpu: cpuOf(v.pid), goroutines: metric(ctx, v.ops, "go_goroutines")}
}

// rssOf returns the memory of a process that is in use, in MiB.
func rssOf(pid int) float64 {
	doc, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(doc)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024
		}
	}
	return 0
}

// tick is what Linux counts processors in, on every architecture of Go's.
const tick = 10 * time.Millisecond

// cpuOf returns for how long a process has computed, in user mode and in the kernel.
func cpuOf(pid int) time.Duration {
	doc, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(doc), ") ") // the name may have anything in it
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick
}

// metric returns one figure of a server's metrics; 0 if there is none.
func metric(ctx context.Context, ops, name string) float64 {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+ops+"/metrics", nil)
	if err != nil {
		return 0
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			v, _ := strconv.ParseFloat(rest, 64)
			return v
		}
	}
	return 0
}

// course adds how a figure went: at the start, at most, and at the end.
func (v *vitals) course(t *table, name, unit string, of func(vital) float64) {
	most := 0.0
	for _, x := range v.all {
		most = max(most, of(x))
	}
	if most == 0 {
		t.add(name, "unknown", "")
		return
	}
	t.add(name+" at start", of(v.all[0]), unit)
	t.add(name+" at most", most, unit)
	t.add(name+" at end", of(v.all[len(v.all)-1]), unit)
}

// thirds adds the averages of the first, middle and last third, and the slope of the last
// two, in which the process is warm. It returns the averages.
func (v *vitals) thirds(t *table, name, unit string, of func(vital) float64) [3]float64 {
	var mean [3]float64
	n := len(v.all)
	if n < 3 {
		return mean
	}
	for i := range mean {
		part := v.all[i*n/3 : (i+1)*n/3]
		for _, x := range part {
			mean[i] += of(x) / float64(len(part))
		}
	}
	for i, when := range []string{"first", "middle", "last"} {
		t.add(name+", "+when+" third", mean[i], unit)
	}
	t.add(name+", slope", slope(v.all[n/3:], of), unit+"/h")
	return mean
}

// slope returns the change an hour by the line of least squares.
func slope(all []vital, of func(vital) float64) float64 {
	var x, y, xx, xy float64
	n := float64(len(all))
	for _, v := range all {
		at := v.at.Sub(all[0].at).Hours()
		x, y, xx, xy = x+at, y+of(v), xx+at*at, xy+at*of(v)
	}
	return (n*xy - x*y) / (n*xx - x*x)
}
