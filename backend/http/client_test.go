package httpapi

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func proxies(t testing.TB, text string) Proxies {
	t.Helper()
	p, err := ParseProxies(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNobodyIsBelievedAboutForwardingUnlessTrusted(t *testing.T) {
	check := func(trusted, remote, forwarded, want string) {
		t.Helper()
		got := proxies(t, trusted).client(remote, []string{forwarded})
		if got.IsValid() && got.String() != want || !got.IsValid() && want != "" {
			t.Errorf("trusting %q, %s forwarding %q is %v, want %s", trusted, remote, forwarded, got, want)
		}
	}
	check("", "203.0.113.9:1", "198.51.100.1", "203.0.113.9")
	check("127.0.0.1", "203.0.113.9:1", "198.51.100.1", "203.0.113.9")
	check("127.0.0.1", "127.0.0.1:1", "198.51.100.1", "198.51.100.1")
	check("127.0.0.1", "127.0.0.1:1", "1.1.1.1, 198.51.100.1", "198.51.100.1")
	check("127.0.0.1,10.0.0.0/8", "127.0.0.1:1", "1.1.1.1, 198.51.100.1, 10.2.3.4", "198.51.100.1")
	check("127.0.0.1", "127.0.0.1:1", "1.1.1.1, what", "127.0.0.1")
	check("127.0.0.1", "127.0.0.1:1", "", "127.0.0.1")
	check("0.0.0.0/0", "127.0.0.1:1", "1.1.1.1, 2.2.2.2", "1.1.1.1")
	check("::1", "[::1]:1", "[2001:db8::5]:77", "2001:db8::5")
	check("127.0.0.1", "[::ffff:127.0.0.1]:1", "198.51.100.1:5", "198.51.100.1")
	check("", "@", "198.51.100.1", "")
	check("10.0.0.0/8", "10.0.0.1:1", strings.Repeat("10.0.0.2,", 1000)+"10.0.0.3", "10.0.0.2")
}

func TestWhatIsNoNetworkIsNotTrusted(t *testing.T) {
	for _, text := range []string{"x", "10.0.0.0/33", "10.0.0.0/8,proxy.example"} {
		if p, err := ParseProxies(text); err == nil {
			t.Errorf("%q is %v", text, p)
		}
	}
}

func TestACustomerOfIPv6IsOneClient(t *testing.T) {
	check := func(addr, want string) {
		t.Helper()
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = addr
		if got := clientOf(r); got != want {
			t.Errorf("%s is %q, want %q", addr, got, want)
		}
		known(nil)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got := clientOf(r); got != want || clientIn(r.Context()) != want {
				t.Errorf("%s is %q in a handler, want %q", addr, got, want)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
	check("[2001:db8:1:2:3:4:5:6]:80", "2001:db8:1:2::/64")
	check("[2001:db8:1:2:ffff::]:80", "2001:db8:1:2::/64")
	check("192.0.2.7:80", "192.0.2.7")
	check("[::ffff:192.0.2.7]:80", "192.0.2.7")
	check("[fe80::1%eth0]:80", "fe80::/64")
	check("", "unknown")
}

func FuzzForwardedFor(f *testing.F) {
	for _, seed := range []string{"1.1.1.1", "1.1.1.1, 10.0.0.1", "[::1]:5,,", "a\x00b", strings.Repeat(",", 100), "::ffff:10.0.0.1", "fe80::1%\n"} {
		f.Add("10.0.0.1:1", seed)
		f.Add("192.0.2.1:1", seed)
	}
	mine := proxies(f, "10.0.0.0/8")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		at := mine.client(remote, []string{forwarded})
		if direct := addrOf(remote); !mine.trust(direct) && at != direct {
			t.Errorf("%q forwarding %q passes for %v", remote, forwarded, at)
		}
		key := keyOf(at)
		if _, err := netip.ParsePrefix(key); err == nil {
			return
		}
		if _, err := netip.ParseAddr(key); err != nil && key != "unknown" {
			t.Errorf("a client named %q", key)
		}
	})
}
