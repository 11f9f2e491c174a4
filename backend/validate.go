package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"monde/backend/text"
	"monde/backend/validate"
)

type validateCommand struct {
	Data string `help:"Folder with measurements, in files named and laid out as in backend/validate/data; absent: those that the program carries." placeholder:"DIR" type:"existingdir"`
	Rows bool   `help:"Print every row too."`
	JSON bool   `name:"json" help:"Print one JSON object: sets, rows, and the constants that predictions rest on."`

	Write bool `help:"Rewrite core/trust/sets.go, which reports tell of, with the errors that were found."`
}

// sets is where the program's source has the errors of sets.
const sets = "core/trust/sets.go"

// Run compares predictions with measurements.
func (v *validateCommand) Run(ctx context.Context, c *console) error {
	dir := validate.Embedded()
	if err := needSource(v.Write, sets); err != nil {
		return err
	}
	if v.Data != "" {
		dir = os.DirFS(v.Data)
	}
	b := newBar(c.err)
	defer b.clear()
	r, err := validate.Run(ctx, dir, func(done, of int) { b.draw(int64(done), int64(of), "rows") })
	if err != nil {
		return v.blame(err)
	}
	b.clear()
	if v.Write {
		if err := os.WriteFile(sets, validate.TrustSource(r.Trusted()), 0o644); err != nil {
			return err
		}
	}
	if v.JSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	return text.WriteValidation(c.out, r, v.Rows)
}

// blame returns err as the caller's mistake if the measurements are the caller's.
func (v *validateCommand) blame(err error) error {
	if v.Data == "" || errors.Is(err, context.Canceled) {
		return err
	}
	return mistake{err}
}
