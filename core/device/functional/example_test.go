package functional_test

import (
	"fmt"

	"monde/core/device/functional"
	"monde/core/device/isa"
	"monde/core/device/memory"
)

func ExampleNDP() {
	layout := memory.Layout{
		Geometry: memory.Geometry{Channels: 2, Ranks: 1, BankGroups: 4, Banks: 4, Rows: 1024, Columns: 64, Burst: 32},
		Weights:  memory.SeqBG, Activations: memory.SeqRow, ActivationBanks: 1,
	}
	device := functional.NewDevice(layout, functional.Core{Rows: 4, Cols: 256, Depth: 128})
	driver, _ := functional.NewNDP(device)
	shape := isa.Weights{K: 2, N: 2, Format: isa.BF16, Bits: 16}
	up, _ := functional.NewMatrix(shape, []float32{1, 2, 3, -4})
	down, _ := functional.NewMatrix(shape, []float32{1, 1, 2, 0})
	_ = driver.Load(0, functional.Expert{Up: up, Down: down})
	y, err := driver.FFN(0, functional.Rounded(isa.BF16, 1, 2, []float32{5, 6}))
	tag, _ := driver.Done()
	fmt.Println(y.At(0, 0), y.At(0, 1), err, "- instructions done:", tag)
	// Output: 17 34 <nil> - instructions done: 2
}
