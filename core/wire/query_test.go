package wire

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

func TestAQueryIsReadAsTheLibraryReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.StringMatching(`[a-z%+;&=0-9A-F]{0,24}`).Draw(t, "query")
		want, wrong := url.ParseQuery(query)
		got, err := parameters(query)
		if (err != nil) != (wrong != nil) {
			t.Fatalf("%q: %v, the library says %v", query, err, wrong)
		}
		if err != nil {
			return
		}
		for key, values := range want {
			if key != "" && got[key] != values[len(values)-1] {
				t.Fatalf("%q: %s is %q, want %q", query, key, got[key], values)
			}
		}
		delete(want, "")
		if len(got) != len(want) {
			t.Fatalf("%q: got %q, want %q", query, got, want)
		}
	})
}
