package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

// answerBy is how long an answer may be in the making, unless Config says otherwise.
const answerBy = 30 * time.Second

// unhurried are the routes that take as long as their client reads or sends: uploads have
// a pace instead, and downloads the server's WriteTimeout.
var unhurried = map[string]bool{
	"PUT /api/v1/traces":              true,
	"GET /api/v1/sweeps/{id}/results": true,
}

// deadline ends the context of a request that takes too long, which problem then answers
// with 503. It must be within the router, which has chosen the route by then.
func deadline(within time.Duration) func(http.Handler) http.Handler {
	if within <= 0 {
		within = answerBy
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if unhurried[r.Method+" "+chi.RouteContext(r.Context()).RoutePattern()] {
				next.ServeHTTP(w, r)
				return
			}
			ctx, cancel := context.WithTimeout(r.Context(), within)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}
