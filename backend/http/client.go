package httpapi

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks whose X-Forwarded-For is believed. None is by default: anybody
// can send that header.
type Proxies []netip.Prefix

// ParseProxies reads networks and addresses: "10.0.0.0/8,::1".
func ParseProxies(text string) (Proxies, error) {
	var all Proxies
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || c == ' ' }) {
		p, err := netip.ParsePrefix(part)
		if addr, bad := netip.ParseAddr(part); bad == nil {
			p, err = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%.64q is no network and no address", part)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

func (p Proxies) trust(a netip.Addr) bool {
	for _, net := range p {
		if net.Contains(a) {
			return true
		}
	}
	return false
}

// maxHops bounds how much of X-Forwarded-For is read.
const maxHops = 16

// client returns the address that a request came from: of the last hop that is no proxy
// of ours. Each proxy puts whom it heard at the end, so what comes before the first
// stranger from the right is that stranger's claim.
func (p Proxies) client(remote string, forwarded []string) netip.Addr {
	at := addrOf(remote)
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for range min(len(hops), maxHops) {
		if !p.trust(at) {
			break
		}
		hop := addrOf(strings.TrimSpace(hops[len(hops)-1]))
		if !hop.IsValid() {
			break // our own proxy is the last that we know
		}
		at, hops = hop, hops[:len(hops)-1]
	}
	return at
}

// addrOf reads an address with or without a port; it is not valid if there is none.
func addrOf(text string) netip.Addr {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// keyOf returns by what name limits and fairness know an address. A customer of IPv6 has
// at least a /64 to choose addresses from.
func keyOf(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "unknown"
	case a.Is6():
		return netip.PrefixFrom(a, 64).Masked().String()
	default:
		return a.String()
	}
}

type clientKey struct{}

// known finds out who asks.
func known(p Proxies) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := p.client(r.RemoteAddr, r.Header.Values("X-Forwarded-For"))
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), clientKey{}, a)))
		})
	}
}

// clientOf returns who asks, as limits and fairness go by it.
func clientOf(r *http.Request) string {
	if a, ok := r.Context().Value(clientKey{}).(netip.Addr); ok {
		return keyOf(a)
	}
	return keyOf(addrOf(r.RemoteAddr))
}

// clientIn is clientOf for handlers that have a context only.
func clientIn(ctx context.Context) string {
	a, _ := ctx.Value(clientKey{}).(netip.Addr)
	return keyOf(a)
}

// addressOf returns the whole address that a request came from, for the log.
func addressOf(r *http.Request) string {
	if a, ok := r.Context().Value(clientKey{}).(netip.Addr); ok && a.IsValid() {
		return a.String()
	}
	return r.RemoteAddr
}
