//go:build !js

package workload

import (
	"embed"
	"path"
)

//go:embed data/gpt-oss-20b_fingerprinting.bin data/deepseek-v2-lite_esft.bin
var packedTraces embed.FS

// Shipped returns a trace of Tables by its name; in a browser none, as the page
// fetches what it needs. It reads the trace anew each time: who needs it often
// keeps it in a Traces.
func Shipped(name string) (*Trace, bool) {
	f, err := packedTraces.Open(path.Join("data", name+".bin"))
	if err != nil {
		return nil, false
	}
	t, err := ReadTrace(name, f)
	return t, err == nil
}
