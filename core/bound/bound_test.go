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

// By hand: NLLB-MoE's expert is 67.1 MB; 128 of them at 32 GB/s are 268.4 ms.
func TestMovingAllExpertsOfALayerTakesAtLeast268Milliseconds(t *testing.T) {
	got := rates.Time(bound.Layer{LinkIn: 128 * 67_108_864})
	if want := unit.Time(268_435_456_000); got != want {
		t.Errorf("bound is %d ps, want %d", got, want)
	}
}

func TestSerialPartsAddAndParallelOnesDoNot(t *testing.T) {
	part := bound.Load{Bytes: 2e9} // 1 ms on the GPU
	l := bound.Layer{Serial: []bound.Load{part, part}, GPU: part, NDP: bound.Load{FLOPs: 4_096e6}}
	if got, want := rates.Time(l), 4*unit.Millisecond; got != want {
		t.Errorf("bound is %d ps, want 2 ms of serial parts and 2 ms of the NDP, %d", got, want)
	}
}

func TestABoundRoundsDown(t *testing.T) {
	if got := (bound.Rates{LinkBytes: 3}).Time(bound.Layer{LinkIn: 1}); got != 333_333_333_333 {
		t.Errorf("1 B at 3 B/s takes at least %d ps, want 333333333333", got)
	}
}
