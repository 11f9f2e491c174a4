package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/nats-io/nats.go"

	"monde/backend/job"
	"monde/backend/stream"
	"monde/core/fault"
	"monde/core/wire"
)

var (
	errTooLarge   = fmt.Errorf("the trace is larger than %d MiB", maxTraceFile>>20)
	errSlow       = fmt.Errorf("the trace came slower than %d KiB/s", slowestBody>>10)
	errCoding     = errors.New("the Content-Encoding must be gzip or absent")
	errUnfinished = errors.New("it has not ended yet")
	errUploading  = fmt.Errorf("%d other traces are being read; try again later", maxUploads)
)

// ourFault is all that a client hears of an error that nobody foresaw.
const ourFault = "the server failed; its log says why"

// clientLeft is the status of a request whose client did not wait for the answer. Only
// the log and the metrics see it.
const clientLeft = 499

// retryAfter is how long a client waits that was told to come later.
const retryAfter = 2 * time.Second

// problem is the table from errors to RFC 9457 problems. Only a mistake of the
// caller is a 4xx; the text of an error that nobody foresaw stays here.
func problem(err error) error {
	fields := fault.Fields(err)
	var busy *job.Busy
	switch {
	case errors.Is(err, job.ErrTooLarge):
		return huma.Error413RequestEntityTooLarge(job.ErrTooLarge.Error(), details(fields)...)
	case len(fields) > 0:
		return huma.Error422UnprocessableEntity("the request has mistakes", details(fields)...)
	case errors.Is(err, errTooLarge):
		return huma.Error413RequestEntityTooLarge(err.Error(), ofBody("must be at most %d MiB, plain or gzip", maxTraceFile>>20))
	case errors.Is(err, errSlow):
		return huma.NewError(http.StatusRequestTimeout, err.Error(), ofBody("must come faster; gzip shortens it"))
	case errors.Is(err, errCoding):
		return huma.Error415UnsupportedMediaType(err.Error(), &huma.ErrorDetail{Location: "Content-Encoding", Message: err.Error()})
	case errors.Is(err, job.ErrUnknown):
		return huma.Error404NotFound(err.Error())
	case errors.Is(err, errUnfinished), errors.Is(err, job.ErrTaken):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, job.ErrReused):
		return huma.Error422UnprocessableEntity(err.Error(), &huma.ErrorDetail{Location: "Idempotency-Key", Message: err.Error()})
	case errors.Is(err, stream.ErrFuture):
		return huma.Error422UnprocessableEntity(err.Error(), &huma.ErrorDetail{Location: "from", Message: err.Error()})
	case errors.As(err, &busy):
		return after(huma.Error429TooManyRequests(err.Error()), busy.After)
	case errors.Is(err, stream.ErrCrowded), errors.Is(err, errUploading):
		return later(huma.Error429TooManyRequests(err.Error()))
	case errors.Is(err, stream.ErrLeaving):
		return later(huma.Error503ServiceUnavailable(err.Error()))
	case errors.Is(err, job.ErrFull):
		return later(huma.NewError(http.StatusInsufficientStorage, err.Error()))
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, nats.ErrTimeout), errors.Is(err, nats.ErrConnectionClosed),
		errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrDisconnected):
		return later(huma.Error503ServiceUnavailable("the queue cannot be reached; try again later"))
	case errors.Is(err, context.DeadlineExceeded):
		return later(huma.Error503ServiceUnavailable("the answer took too long to make; try again later"))
	case errors.Is(err, context.Canceled):
		return huma.NewError(clientLeft, "the client left")
	default:
		return huma.Error500InternalServerError(ourFault)
	}
}

// ofBody returns a mistake of the body as a whole.
func ofBody(format string, args ...any) error {
	return &huma.ErrorDetail{Location: "body", Message: fmt.Sprintf(format, args...)}
}

// failed says why there is no result.
func failed(f *wire.Failed) error {
	switch f.Code {
	case wire.CodeInvalid:
		return huma.Error422UnprocessableEntity(f.Reason, details(f.Fields)...)
	case wire.CodeInternal:
		return huma.Error500InternalServerError(f.Reason)
	default:
		return huma.Error409Conflict(f.Reason)
	}
}

func later(err error) error { return after(err, retryAfter) }

func after(err error, wait time.Duration) error {
	seconds := int64((wait + time.Second - 1) / time.Second)
	return huma.ErrorWithHeaders(err, http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}})
}

// details puts every field's path, as written in the input, where RFC 9457
// readers look for it.
func details(fields []fault.Field) []error {
	var all []error
	for _, f := range fields {
		all = append(all, &huma.ErrorDetail{Location: f.Path, Message: f.Reason})
	}
	return all
}

// writeProblem answers with a problem where huma does not.
func writeProblem(w http.ResponseWriter, err error) {
	var headers huma.HeadersError
	if errors.As(err, &headers) {
		for name, values := range headers.GetHeaders() {
			w.Header()[name] = values
		}
	}
	var p *huma.ErrorModel
	if !errors.As(err, &p) {
		p = &huma.ErrorModel{Status: http.StatusInternalServerError, Detail: ourFault}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(whole(p, w.Header().Get(requestID))) // a client that left does not matter
}

// whole returns p with everything that RFC 9457 has. The type is about:blank: the status
// says all that a program could go by, beside the fields.
func whole(p *huma.ErrorModel, request string) *huma.ErrorModel {
	q := *p
	q.Type, q.Title = "about:blank", http.StatusText(p.Status)
	if q.Title == "" {
		q.Title = "Client Closed Request" // clientLeft has no text
	}
	if request != "" {
		q.Instance = "urn:request:" + request
	}
	return &q
}
