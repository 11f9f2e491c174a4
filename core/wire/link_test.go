package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/wire"
)

func TestALinkHoldsTheScenarioAndTheEngine(t *testing.T) {
	doc := []byte(`{"model":"mixtral-8x7b","title":"ünïcödé"}`)
	link := wire.EncodeLink("1.2.3", doc)
	if !strings.HasPrefix(link, "#v1.") || strings.ContainsAny(link[1:], "+/=#") {
		t.Errorf("%q is no fragment", link)
	}
	engine, got, err := wire.DecodeLink(link)
	if err != nil || engine != "1.2.3" || !bytes.Equal(got, doc) {
		t.Errorf("got %q %q %v", engine, got, err)
	}
}

func TestEveryCutOfALinkIsRefused(t *testing.T) {
	link := wire.EncodeLink("1.2.3", []byte(`{"model":"mixtral-8x7b","workload":{"batch":16}}`))
	for n := range len(link) {
		if _, _, err := wire.DecodeLink(link[:n]); !fault.Is(err) {
			t.Errorf("the first %d of %d characters: %v, want a fault", n, len(link), err)
		}
	}
}

func TestALinkThatInflatesWithoutEndIsRefused(t *testing.T) {
	bomb := wire.EncodeLink("1", bytes.Repeat([]byte(" "), 4<<20))
	if _, _, err := wire.DecodeLink(bomb); !fault.Is(err) {
		t.Errorf("4 MiB in %d characters: %v, want a fault", len(bomb), err)
	}
}

func TestAReadableQueryIsAScenario(t *testing.T) {
	for query, want := range map[string]string{
		"?model=mixtral-8x7b&batch=4":                       `{"model":{"base":"mixtral-8x7b"},"workload":{"batch":4}}`,
		"?machine.link.bandwidth_bytes_per_s=24e9&title=42": `{"machine":{"link":{"bandwidth_bytes_per_s":24e9}},"title":"42"}`,
		"?machine.gpu.eager=true":                           `{"machine":{"gpu":{"eager":true}}}`,
		"?utm_source=mail&batch=2":                          `{"workload":{"batch":2}}`,
		"?":                                                 `{}`,
	} {
		_, got, err := wire.DecodeLink(query)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s %v, want %s", query, got, err, want)
		}
	}
}

func FuzzDecodeLink(f *testing.F) {
	f.Add(wire.EncodeLink("0.1.0", []byte(`{}`)))
	f.Add("#v1.")
	f.Add("?a.b=1&a=2")
	f.Add("?%zz")
	f.Fuzz(func(t *testing.T, link string) {
		engine, doc, err := wire.DecodeLink(link)
		if err != nil {
			if !fault.Is(err) {
				t.Errorf("%v names no field", err)
			}
			return
		}
		if strings.HasPrefix(link, "?") {
			return
		}
		again, same, err := wire.DecodeLink(wire.EncodeLink(engine, doc))
		if err != nil || again != engine || !bytes.Equal(same, doc) {
			t.Errorf("%q does not survive a round trip: %v", link, err)
		}
	})
}
