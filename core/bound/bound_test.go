package bound_test

import (
	"testing"

	"monde/core/bound"
	"monde/core/unit"
)

var rates = bound.Rates{
	GPUBytes: 2e12, GPUFLOPs: 300e12, HostBytes: 187e9, HostFLOPs: 1e12,
	DeviceBytes: 512e9, DeviceFLOPs: 2_048e9, LinkBytes: 32e9,
}

// experts returns n experts of NLLB-MoE's size, all moved or all at home.
func experts(n int, moved bool) []bound.Expert {
	all := make([]bound.Expert, n)
	for i := range all {
		all[i] = bound.Expert{FLOPs: 67_108_864, Activations: 4096, Moved: moved, Near: !moved}
	}
	return all
}

// By hand: NLLB-MoE's expert is 67.1 MB; 128 of them at 32 GB/s are 268.4 ms.
func TestMovingAllExpertsOfALayerTakesAtLeast268Milliseconds(t *testing.T) {
	got := rates.Time(bound.Layer{Experts: experts(128, true), ExpertBytes: 67_108_864})
	if want := unit.Time(268_435_456_000); got != want {
		t.Errorf("bound is %d ps, want %d", got, want)
	}
}

// By hand: 128 x 67.1 MB at 512 GB/s are 16.8 ms.
func TestReadingAllExpertsOfALayerTakesTheDeviceAtLeast17Milliseconds(t *testing.T) {
	got := rates.Time(bound.Layer{Experts: experts(128, false), ExpertBytes: 67_108_864})
	if want := unit.Time(16_777_216_000); got != want {
		t.Errorf("bound is %d ps, want %d", got, want)
	}
}

// By hand: of 17 experts, moving 1 takes as long as reading 16.
func TestASplitIsBoundedByTheBestOne(t *testing.T) {
	got := rates.Time(bound.Layer{Experts: experts(17, false), ExpertBytes: 67_108_864, Split: true})
	if low, high := unit.Time(2_097_152_000), unit.Time(2_100_000_000); got < low || got > high {
		t.Errorf("bound is %d ps, want that of one moved expert and some activations, %d", got, low)
	}
}

func TestSerialPartsAddAndParallelOnesDoNot(t *testing.T) {
	part := bound.Load{Bytes: 2e9} // 1 ms on the GPU
	l := bound.Layer{Serial: []bound.Load{part, part}, GPU: part, Experts: []bound.Expert{{FLOPs: 4_096e6, Near: true}}}
	if got, want := rates.Time(l), 4*unit.Millisecond; got != want {
		t.Errorf("bound is %d ps, want 2 ms of serial parts and 2 ms of the NDP, %d", got, want)
	}
}

func TestTheHostBoundsWhatLivesThere(t *testing.T) {
	l := bound.Layer{Home: bound.Host, Experts: []bound.Expert{{FLOPs: 1e9, Near: true}}}
	if got, want := rates.Time(l), unit.Millisecond; got != want {
		t.Errorf("bound is %d ps, want %d", got, want)
	}
}

func TestABoundRoundsDown(t *testing.T) {
	l := bound.Layer{Experts: []bound.Expert{{Moved: true}}, ExpertBytes: 1}
	if got := (bound.Rates{LinkBytes: 3}).Time(l); got != 333_333_333_333 {
		t.Errorf("1 B at 3 B/s takes at least %d ps, want 333333333333", got)
	}
}

func TestTheBusiestGPUAndTwoExchangesBoundSpreadExperts(t *testing.T) {
	r := rates
	r.PeerBytes = 1e9
	l := bound.Layer{Apart: []bound.Load{{Bytes: 2e9}, {Bytes: 6e9}, {}}, Exchanged: 1e6} // 3 ms, and 1 ms each way
	if got, want := r.Time(l), 5*unit.Millisecond; got != want {
		t.Errorf("bound is %d ps, want %d", got, want)
	}
}
