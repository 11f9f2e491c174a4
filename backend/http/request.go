package httpapi

import (
	"crypto/rand"
	"net/http"
)

// requestID names a request: in its answer, in the problem if there is one, and in the
// log. Who asks may choose it, so that the logs of several programs can be joined.
const requestID = "X-Request-Id"

// named gives every request a name.
func named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestID)
		if !sane(id) {
			id = rand.Text()
		}
		w.Header().Set(requestID, id)
		next.ServeHTTP(w, r)
	})
}

// sane reports whether a name may stand in logs and in a URI.
func sane(id string) bool {
	for _, c := range []byte(id) {
		if !letter(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return id != "" && len(id) <= 64
}

// letter reports whether c is an ASCII letter or digit.
func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
