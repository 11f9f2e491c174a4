package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"monde/backend/job"
	"monde/core/scenario"
	"monde/core/wire"
)

var putLink = huma.Operation{
	OperationID: "put-link", Method: http.MethodPost, Path: "/api/v1/links",
	Summary:       "Keep a scenario under a short name",
	Description:   "The name is a hash of the scenario and of the engine's version: the same scenario has the same name everywhere, and a name never stands for another one.",
	DefaultStatus: http.StatusOK,
	MaxBodyBytes:  scenario.MaxDocument,
	RequestBody: &huma.RequestBody{
		Required:    true,
		Description: startRun.RequestBody.Description,
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}, // describeBody says more
		},
	},
	SkipValidateBody: true, // scenario.Decode does, and knows presets
	Errors:           refusals,
}

// A stored is what is kept of a link.
type stored struct {
	Engine   string          `json:"engine"`
	Scenario json.RawMessage `json:"scenario"` // in its short form
}

func (k stored) link(id string) wire.Link {
	return wire.Link{ID: id, Engine: k.Engine, Fragment: wire.EncodeLink(k.Engine, k.Scenario), Path: "/s/" + id}
}

type linkInput struct {
	RawBody []byte `contentType:"application/json"`
}

func (s *server) putLink(ctx context.Context, in *linkInput) (*startReply[wire.Link], error) {
	sc, err := scenario.Decode(in.RawBody)
	if err != nil {
		return nil, problem(err)
	}
	k := stored{s.Jobs.Engine, sc.Short()}
	id := wire.LinkID(k.Engine, k.Scenario)
	doc, err := json.Marshal(k)
	if err == nil {
		_, err = s.Jobs.Store.PutLink(ctx, id, doc)
	}
	if err != nil {
		return nil, problem(err)
	}
	return &startReply[wire.Link]{"/api/v1/links/" + id, k.link(id)}, nil
}

type getLinkInput struct {
	One
	Asked
}

type linkReply struct {
	Lasting
	Body wire.Link
}

func (s *server) getLink(ctx context.Context, in *getLinkInput) (*linkReply, error) {
	l, err := s.link(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	lasting, err := in.lasting(in.ID, forAll)
	if err != nil {
		return nil, err
	}
	return &linkReply{lasting, l}, nil
}

func (s *server) link(ctx context.Context, id string) (wire.Link, error) {
	doc, err := s.Jobs.Store.Link(ctx, id)
	var k stored
	if err == nil {
		err = json.Unmarshal(doc, &k)
	}
	switch {
	case errors.Is(err, job.ErrUnknown):
		return wire.Link{}, noSuch("link")
	case err != nil:
		return wire.Link{}, problem(err)
	}
	return k.link(id), nil
}

var openLink = &huma.Operation{
	OperationID: "open-link", Method: http.MethodGet, Path: "/s/{id}",
	Summary: "Lead to the page that shows a short link's scenario",
	Parameters: []*huma.Param{
		{Name: "id", In: "path", Description: "Of the link", Required: true, Schema: &huma.Schema{Type: huma.TypeString}},
	},
	Responses: map[string]*huma.Response{"302": {Description: "The page, with the scenario in its fragment"}},
}

// openLink leads to the page that shows a link's scenario.
func (s *server) openLink(w http.ResponseWriter, r *http.Request) {
	l, err := s.link(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		writeProblem(w, err)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=86400") // what the page makes of a fragment may change
	http.Redirect(w, r, "/"+l.Fragment, http.StatusFound)
}
