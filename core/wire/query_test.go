package wire

import (
	"net/url"
	"testing"
)

// FuzzAQueryIsReadAsNetURLDoes holds parseQuery to the standard library's.
func FuzzAQueryIsReadAsNetURLDoes(f *testing.F) {
	for _, q := range []string{"", "a=1&b=2", "a=1&a=2", "title=x%20y+z&&=", "a;b=1", "a=%", "a=%4", "%zz=1", "a=b=c", "%41%c3%a9=%26"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		want, err := url.ParseQuery(q)
		got, fault := parseQuery(q)
		if (err != nil) != (fault != nil) {
			t.Fatalf("%q: %v, want %v", q, fault, err)
		}
		if err != nil {
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%q: got %q, want %q", q, got, want)
		}
		for key, values := range want {
			if v, ok := got[key]; !ok || v != values[len(values)-1] {
				t.Errorf("%q: %q is %q, want the last of %q", q, key, v, values)
			}
		}
	})
}
