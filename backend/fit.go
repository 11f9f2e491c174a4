package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"monde/backend/fit"
	"monde/backend/text"
	"monde/backend/validate"
	"monde/core/gpu"
)

type fitCommand struct {
	Write bool `help:"Rewrite core/gpu/fitted.go with the constants taken; at the root of the source tree." xor:"then"`
	Check bool `help:"Exit with 1 if the program's constants are not what fitting gives." xor:"then"`
}

// constants is where the program's source has them.
const constants = "core/gpu/fitted.go"

// Run fits the constants of the GPU to the measurements that the program carries.
func (f *fitCommand) Run(ctx context.Context, c *console) error {
	if err := needSource(f.Write, constants); err != nil {
		return err
	}
	rows, err := validate.Load(validate.Embedded())
	if err != nil {
		return err
	}
	b := newBar(c.err)
	defer b.clear()
	r, err := fit.Run(ctx, rows, gpu.Fitted(), func(done, of int) { b.draw(int64(done), int64(of), "groups") })
	if err != nil {
		return err
	}
	b.clear()
	if err := text.WriteFit(c.out, r); err != nil {
		return err
	}
	switch {
	case f.Check:
		return r.Check()
	case f.Write:
		return os.WriteFile(constants, fit.Source(r.Constants), 0o644)
	}
	return nil
}

// needSource returns a mistake if a file of the source tree is to be written, and not
// there.
func needSource(write bool, file string) error {
	if _, err := os.Stat(file); write && errors.Is(err, fs.ErrNotExist) {
		return mistake{fmt.Errorf("no %s here: --write rewrites the program's source, so run it at the root of the source tree", file)}
	}
	return nil
}
