package httpapi

import (
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// policy lets the page load from its own origin only. 'wasm-unsafe-eval'
// compiles the simulator; it does not allow eval.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'self'; " +
	"base-uri 'none'; form-action 'self'; object-src 'none'"

// secure sets the headers of every answer. The last three isolate the page from
// other origins, which shared memory between workers asks for.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what a page of another site asks to be changed here: the
// server knows no users, so a visitor's browser must not be a way in.
func sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, huma.Error403Forbidden("a page of another origin may not do this"))
	}))
	return guard.Handler(next)
}

// accessLog writes a line a request when it is over: for a stream, when the
// client has left.
func accessLog(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			seen := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			defer func() { // a handler may break the connection off
				attrs := []any{
					"id", w.Header().Get(requestID), "method", r.Method, "path", r.URL.Path, "status", seen.Status(),
					"bytes", seen.BytesWritten(), "ms", time.Since(began).Milliseconds(), "client", addressOf(r),
				}
				if id := runOf(seen, r); id != "" {
					attrs = append(attrs, "run", id)
				}
				log.Info("request", attrs...)
			}()
			next.ServeHTTP(seen, r)
		})
	}
}

// runOf returns the run that a request was about, or started.
func runOf(w http.ResponseWriter, r *http.Request) string {
	if at := w.Header().Get("Location"); at != "" {
		return path.Base(at)
	}
	return chi.URLParam(r, "id")
}

// rescue answers a request whose handler panicked, and keeps the stack here. If half
// of an answer was sent, the connection breaks, so that it does not look whole.
func rescue(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				p := recover()
				switch p {
				case nil:
					return
				case http.ErrAbortHandler:
					panic(p)
				}
				log.Error("panic", "id", w.Header().Get(requestID), "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				if seen, ok := w.(middleware.WrapResponseWriter); ok && seen.Status() != 0 {
					panic(http.ErrAbortHandler)
				}
				writeProblem(w, huma.Error500InternalServerError(ourFault))
			}()
			next.ServeHTTP(w, r)
		})
	}
}
