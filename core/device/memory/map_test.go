package memory_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/memory"
	"monde/core/fault"
)

// lpddr5 is one channel of 16 bits of 16 Gb chips: JESD209-5's 4 bank groups of 4
// banks, and 64 bursts of 32 bytes in a row of 2 KiB.
var lpddr5 = memory.Geometry{Channels: 1, Ranks: 1, BankGroups: 4, Banks: 4, Rows: 65536, Columns: 64, Burst: 32}

// orders are permutations of the fields above offset.
func order() *rapid.Generator[memory.Order] {
	return rapid.Custom(func(t *rapid.T) memory.Order {
		names := rapid.Permutation([]string{"channel", "rank", "bankgroup", "bank", "column", "row"}).Draw(t, "order")
		return memory.Order(strings.Join(names, "|") + "|offset")
	})
}

// layout draws small layouts, of sizes that are often no powers of two.
func layout() *rapid.Generator[memory.Layout] {
	return rapid.Custom(func(t *rapid.T) memory.Layout {
		size := func(name string) int { return rapid.IntRange(1, 6).Draw(t, name) }
		g := memory.Geometry{
			Channels: size("channels"), Ranks: size("ranks"), BankGroups: size("groups"), Banks: size("banks"),
			Rows: size("rows"), Columns: size("columns"), Burst: 8 << rapid.IntRange(0, 3).Draw(t, "burst"),
		}
		l := memory.Layout{Geometry: g, Weights: order().Draw(t, "weights"), Activations: order().Draw(t, "activations")}
		l.ActivationBanks = rapid.IntRange(0, g.Banks-1).Draw(t, "activation banks")
		return l
	})
}

func TestEveryByteHasOneAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layout().Draw(t, "layout")
		if err := l.Validate(); err != nil {
			t.Fatal(err)
		}
		m := memory.NewMap(l)
		seen := map[memory.Location]bool{}
		whole := m.Whole()
		step := memory.Address(l.Geometry.Burst) // an offset passes through: every byte of one burst, then the first of each
		for a := range whole.End() {
			if a >= step && a%step != 0 {
				continue
			}
			at := m.Locate(a)
			if seen[at] {
				t.Fatalf("%d is at %+v, and so is another", a, at)
			}
			seen[at] = true
			if back := m.Address(at); back != a {
				t.Fatalf("%d is at %+v, whose address is %d", a, at, back)
			}
		}
	})
}

func TestActivationsHaveBanksOfTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layout().Draw(t, "layout")
		m := memory.NewMap(l)
		first := int32(l.Geometry.Banks - l.ActivationBanks)
		for _, kind := range []memory.Kind{memory.Weights, memory.Activations} {
			r := m.Region(kind)
			a := r.Start + memory.Address(rapid.Int64Range(0, int64(r.Size-1)).Draw(t, "address"))
			if bank := m.Locate(a).Bank; l.ActivationBanks > 0 && (bank >= first) != (kind == memory.Activations) {
				t.Fatalf("%v at %d are in bank %d of %d, whose last %d are the activations'", kind, a, bank, l.Geometry.Banks, l.ActivationBanks)
			}
		}
	})
}

// The streams that the DRAM references were run with: data/dram's traces seq_bg
// and seq_row begin like this.
func TestTheOrdersVisitBanksAsTheirNamesSay(t *testing.T) {
	visit := func(o memory.Order, burst int) string {
		l := memory.NewMap(memory.Layout{Geometry: lpddr5, Weights: o}).Locate(memory.Address(burst * 32))
		return fmt.Sprintf("bg%d bank%d row%d col%d", l.BankGroup, l.Bank, l.Row, l.Column)
	}
	for _, c := range []struct {
		order memory.Order
		burst int
		want  string
	}{
		{memory.SeqBG, 0, "bg0 bank0 row0 col0"},
		{memory.SeqBG, 1, "bg1 bank0 row0 col0"},
		{memory.SeqBG, 4, "bg0 bank0 row0 col1"},
		{memory.SeqBG, 256, "bg0 bank1 row0 col0"},
		{memory.SeqBG, 1024, "bg0 bank0 row1 col0"},
		{memory.SeqRow, 1, "bg0 bank0 row0 col1"},
		{memory.SeqRow, 64, "bg1 bank0 row0 col0"},
		{memory.SeqRow, 256, "bg0 bank1 row0 col0"},
		{memory.SeqRow, 1024, "bg0 bank0 row1 col0"},
	} {
		if got := visit(c.order, c.burst); got != c.want {
			t.Errorf("%s: burst %d is at %s, want %s", c.order, c.burst, got, c.want)
		}
	}
}

func TestRowsIsAFreshRowOfEveryBankThatAStreamVisits(t *testing.T) {
	g := lpddr5
	g.Channels = 8
	m := memory.NewMap(memory.Layout{Geometry: g, Weights: memory.SeqBG, Activations: memory.SeqRow, ActivationBanks: 1})
	if got := m.Rows(memory.Weights); got != 8*4*2048 {
		t.Errorf("weights enter new rows every %d bytes, want one row of 8 channels' 4 groups", got)
	}
	if got := m.Rows(memory.Activations); got != 8*2048 {
		t.Errorf("activations enter new rows every %d bytes, want one row of 8 channels", got)
	}
}

func TestAMapRefusesWhatIsOutside(t *testing.T) {
	m := memory.NewMap(memory.Layout{Geometry: lpddr5, Weights: memory.SeqBG})
	for name, f := range map[string]func(){
		"address":  func() { m.Locate(m.Whole().End()) },
		"location": func() { m.Address(memory.Location{Row: 65536}) },
		"layout":   func() { memory.NewMap(memory.Layout{Geometry: lpddr5, Weights: "row"}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("an %s outside is taken", name)
				}
			}()
			f()
		}()
	}
}

func TestALayoutReportsEveryMistakeWithItsPath(t *testing.T) {
	l := memory.Layout{
		Geometry: memory.Geometry{Channels: 0, Ranks: 1, BankGroups: 4, Banks: 4, Rows: 1, Columns: 1, Burst: 4},
		Weights:  "row|rank|bank|column|bankgroup|channel", Activations: "offset", ActivationBanks: 4,
	}
	var paths []string
	for _, f := range fault.Fields(l.Validate()) {
		paths = append(paths, f.Path)
	}
	want := "geometry.channels geometry.burst_bytes weights_order activations_order activation_banks"
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("faults at %s, want %s", got, want)
	}
	huge := memory.Geometry{Channels: 4096, Ranks: 256, BankGroups: 256, Banks: 256, Rows: 1 << 24, Columns: 1 << 16, Burst: 4096}
	if err := huge.Validate(); err == nil {
		t.Error("a memory of 2^88 bytes is taken")
	}
	for _, bad := range []memory.Order{"", "row|row|bank|column|bankgroup|channel|offset", "offset|row|rank|bank|column|bankgroup|channel", "row|rank|bank|column|bankgroup|channel|byte"} {
		if _, err := bad.Fields(); err == nil {
			t.Errorf("the order %q is taken", bad)
		}
	}
}

// MoNDE's 512 GB: 8 modules of 32 chips of 16 Gb at 68 GB/s. Eight modules of 64
// bits are 32 channels of 16; 256 chips fill 8 ranks of them. The split is ours.
func ExampleMap() {
	g := memory.Geometry{Channels: 32, Ranks: 8, BankGroups: 4, Banks: 4, Rows: 65536, Columns: 64, Burst: 32}
	m := memory.NewMap(memory.Layout{Geometry: g, Weights: memory.SeqBG, Activations: memory.SeqRow, ActivationBanks: 1})
	fmt.Println(g.Capacity()>>30, "GiB, of which for weights", m.Region(memory.Weights).Size>>30)
	fmt.Printf("%+v\n", m.Locate(1<<20))
	fmt.Printf("%+v\n", m.Locate(m.Region(memory.Activations).Start))
	// Output:
	// 512 GiB, of which for weights 384
	// {Channel:0 Rank:1 BankGroup:0 Bank:1 Row:0 Column:0 Offset:0}
	// {Channel:0 Rank:0 BankGroup:0 Bank:3 Row:0 Column:0 Offset:0}
}

func BenchmarkLocate(b *testing.B) {
	for _, banks := range []int{0, 1} { // 4 banks of weights, and 3
		b.Run(fmt.Sprintf("activation_banks=%d", banks), func(b *testing.B) {
			m := memory.NewMap(memory.Layout{Geometry: lpddr5, Weights: memory.SeqBG, Activations: memory.SeqBG, ActivationBanks: banks})
			var a memory.Address
			for b.Loop() {
				m.Locate(a & (1<<30 - 1))
				a += 32
			}
		})
	}
}
