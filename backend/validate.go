package main

import (
	"context"
	"encoding/json"
	"os"

	"monde/backend/text"
	"monde/backend/validate"
)

type validateCommand struct {
	Data string `help:"Folder with measurements, laid out as the embedded ones; absent: those that the program carries." placeholder:"DIR" type:"existingdir"`
	Rows bool   `help:"Print every row too."`
	JSON bool   `name:"json" help:"Print one JSON object: sets and rows."`
}

// Run compares predictions with measurements.
func (v *validateCommand) Run(ctx context.Context, c *console) error {
	dir := validate.Embedded()
	if v.Data != "" {
		dir = os.DirFS(v.Data)
	}
	b := newBar(c.err)
	defer b.clear()
	r, err := validate.Run(ctx, dir, func(done, of int) { b.draw(int64(done), int64(of), "rows") })
	if err != nil {
		return err
	}
	b.clear()
	if v.JSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	return text.WriteValidation(c.out, r, v.Rows)
}
