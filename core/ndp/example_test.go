package ndp_test

import (
	"fmt"

	"monde/core/ndp"
	"monde/core/unit"
)

func ExampleCore_Expert() {
	core := ndp.New(ndp.Spec{Arrays: 64, Rows: 4, Cols: 4, Clock: unit.Gigahertz})
	s := core.Expert(ndp.Expert{DModel: 128, DFF: 512}, 4)
	for step := range s.All() {
		w := step.Weights
		fmt.Printf("weights %6d to %6d: %3d cycles, %4d B read, %4d B written\n",
			w.Offset, w.Offset+w.Size, step.Cycles, step.Read.Size, step.Write.Size)
	}
	t := s.Totals()
	fmt.Println(t.Cycles, "cycles,", t.Traffic(), "B,", t.Energy(), "pJ")
	// Output:
	// weights      0 to  57344: 112 cycles,  896 B read,    0 B written
	// weights  57344 to  65536:  22 cycles,  128 B read,    0 B written
	// weights  65536 to 122880: 112 cycles,    0 B read,    0 B written
	// weights 122880 to 131072:  22 cycles,    0 B read,    0 B written
	// weights 131072 to 188416: 224 cycles,    0 B read,    0 B written
	// weights 188416 to 245760: 224 cycles,    0 B read,    0 B written
	// weights 245760 to 262144:  70 cycles,    0 B read, 1024 B written
	// 786 cycles, 264192 B, 994830 pJ
}

func ExampleDataflow_Cycles() {
	g := ndp.Shape{M: 5, K: 3, N: 7}
	for _, d := range []ndp.Dataflow{ndp.OS, ndp.WS, ndp.IS} {
		fmt.Println(d, d.Cycles(4, 4, g))
	}
	// Output:
	// os 36
	// ws 30
	// is 34
}
