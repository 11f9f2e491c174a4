package httpapi

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// FuzzAPIBody sends anything to whatever takes a body: the answer is fine, or a problem
// that is the client's.
func FuzzAPIBody(f *testing.F) {
	for i, seed := range []string{
		``, `{}`, `null`, `[]`, `{"scenario":{},"sweep":{"method":"grid","axes":[]}}`, exampleScenario, exampleSweep, csv, "\x1f\x8b\x00",
		"\xff\xfe", `{"workload":{"batch":1e999}}`, strings.Repeat("[", 10000), `{"a":` + strings.Repeat(`{"a":`, 100), "PAR1",
	} {
		f.Add(i, seed, "application/json", "")
		f.Add(i+1, seed, "", "gzip")
		f.Add(i, seed, "text/plain; charset=\"", "br")
	}
	s := newSite(f, simulateNothing, nil)
	var operations []*huma.Operation
	each(s.server.api.OpenAPI(), func(op *huma.Operation) {
		if op.RequestBody != nil {
			operations = append(operations, op)
		}
	})
	f.Fuzz(func(t *testing.T, which int, body, kind, coding string) {
		op := operations[uint(which)%uint(len(operations))]
		r := httptest.NewRequest(op.Method, strings.ReplaceAll(op.Path, "{id}", "x"), strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Content-Encoding", coding)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		switch {
		case w.Code >= 200 && w.Code < 300:
		case w.Code >= 400 && w.Code < 500:
			expectProblem(t, w, w.Code)
		default:
			t.Errorf("%s with %q: %d: %s", op.OperationID, body, w.Code, w.Body)
		}
	})
}
