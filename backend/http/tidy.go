package httpapi

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

// unforeseen is what huma says of an error without a status, whose text it then shows.
const unforeseen = "unexpected error occurred"

// tidy makes huma's problems as the others are: paths as written in the input, nothing
// of the input echoed, and nothing said about an error of ours.
func tidy(log *slog.Logger) huma.Transformer {
	return func(ctx huma.Context, _ string, v any) (any, error) {
		p, ok := v.(*huma.ErrorModel)
		if !ok {
			return v, nil
		}
		_, w := humachi.Unwrap(ctx)
		if p.Status == http.StatusNotModified {
			w.Header().Del("Content-Type") // of a body that is not sent
			return p, nil
		}
		w.Header().Set("Content-Type", "application/problem+json") // whatever was asked for
		id := w.Header().Get(requestID)
		q := whole(p, id)
		if p.Detail == unforeseen {
			log.Error("unforeseen", "id", id, "operation", ctx.Operation().OperationID, "err", p.Errors)
			q.Detail, q.Errors = ourFault, nil
			return q, nil
		}
		q.Errors = nil
		for _, e := range p.Errors {
			q.Errors = append(q.Errors, &huma.ErrorDetail{Location: asWritten(e.Location), Message: e.Message})
		}
		if len(q.Errors) == 0 && p.Status == http.StatusBadRequest {
			q.Errors = []*huma.ErrorDetail{{Location: "body", Message: p.Detail}}
		}
		return q, nil
	}
}

// asWritten returns a path without huma's word for where it is: what stands in a body, a
// query, a header and a path has different names.
func asWritten(path string) string {
	for _, where := range []string{"body.", "query.", "header.", "path."} {
		if rest, ok := strings.CutPrefix(path, where); ok {
			return rest
		}
	}
	return path
}
