package flash_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"monde/core/flash"
	"monde/core/unit"
)

var drive = flash.Spec{
	Name: "drive", Memory: 1e12, Bandwidth: 7e9, Efficiency: 1,
	Latency: 100 * unit.Microsecond, Request: 128 << 10, Queue: 32, Power: 8_000,
}

func TestPresetsAreValidAndNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range flash.Presets() {
		if err := p.Spec.Validate(); err != nil || p.Text == "" || seen[p.Name] || seen[p.Spec.Name] {
			t.Errorf("%s: %v", p.Name, err)
		}
		seen[p.Name], seen[p.Spec.Name] = true, true
	}
}

func TestADeepQueueReachesTheDrivesBandwidth(t *testing.T) {
	if got := drive.Rate(); got != 7e9 {
		t.Errorf("32 requests of 128 KiB in 100 µs allow 42 GB/s; got %d", got)
	}
}

// By hand: 1 request of 128 KiB in 100 µs is 1.31072 GB/s.
func TestAShallowQueueIsBoundByLatency(t *testing.T) {
	s := drive
	s.Queue = 1
	if got := s.Rate(); got != 1_310_720_000 {
		t.Errorf("got %d", got)
	}
}

// By hand: 70 MB at 7 GB/s are 10 ms, and the first request 100 µs.
func TestAReadTakesALatencyAndItsBytes(t *testing.T) {
	if got, want := drive.Read(70e6), 10*unit.Millisecond+100*unit.Microsecond; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMoreBytesNeverTakeLessAndMoreOfADriveNeverMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := flash.Spec{
			Memory: 1, Bandwidth: unit.BytesPerSecond(rapid.Int64Range(1, 1e15).Draw(t, "bandwidth")), Efficiency: rapid.Float64Range(0.01, 1).Draw(t, "efficiency"),
			Latency: unit.Time(rapid.Int64Range(0, int64(unit.Second)).Draw(t, "latency")), Request: unit.Bytes(rapid.Int64Range(512, 1<<40).Draw(t, "request")), Queue: rapid.IntRange(1, 1<<16).Draw(t, "queue"),
		}
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		b := unit.Bytes(rapid.Int64Range(0, 1<<50).Draw(t, "bytes"))
		took := s.Read(b)
		if took < s.Latency || s.Read(b+1) < took {
			t.Errorf("%d bytes take %v, one more %v", b, took, s.Read(b+1))
		}
		if s.Rate() > s.Bandwidth {
			t.Errorf("%d beats the drive's %d", s.Rate(), s.Bandwidth)
		}
		deeper := s
		deeper.Queue *= 2
		if deeper.Rate() < s.Rate() {
			t.Errorf("a deeper queue is slower")
		}
	})
}

func TestEveryFieldThatNoFlashCanHaveIsNamed(t *testing.T) {
	if err := (flash.Spec{}).Validate(); err != nil {
		t.Errorf("none: %v", err)
	}
	bad := flash.Spec{Name: "bad", Memory: -1, Bandwidth: 0, Efficiency: 2, Latency: -1, Request: 1, Queue: 0, Power: -1}
	err := bad.Validate()
	for _, field := range []string{"memory_bytes", "bandwidth_bytes_per_s", "efficiency", "latency_ps", "request_bytes", "queue_depth", "power_mw"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not in %v", field, err)
		}
	}
}
