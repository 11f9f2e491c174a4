package workload

import (
	"encoding/json"
	"strings"
)

// jsonEntry is one line of a JSON Lines trace. Request may be a string or a
// number: it is only compared.
type jsonEntry struct {
	Request json.RawMessage `json:"request"`
	Phase   string          `json:"phase"`
	Step    *int            `json:"step"`
	Layer   *int            `json:"layer"`
	Experts []int           `json:"experts"`
}

func readJSON(l *lines) (*Trace, error) {
	return l.build(func(text []byte) (entry, error) { return parseJSON(l.n, text) })
}

func parseJSON(line int, text []byte) (entry, error) {
	var j jsonEntry
	if err := json.Unmarshal(text, &j); err != nil {
		return entry{}, refuse(line, "not a JSON object of a trace: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if len(j.Request) == 0 || j.Step == nil || j.Layer == nil || j.Experts == nil {
		return entry{}, refuse(line, `needs the keys "request", "step", "layer" and "experts"`)
	}
	request := []byte(strings.Trim(string(j.Request), `"`))
	return entry{request, j.Phase == "decode", *j.Step, *j.Layer, j.Experts}, nil
}
