package main

import (
	"context"
	"fmt"

	"monde/backend/store/sqlite"
)

type backupCommand struct {
	Data string `required:"" env:"MONDE_DATA" placeholder:"DIR" help:"Data directory of the server, which may be running."`
	Out  string `arg:"" name:"out.db" help:"File to write. It must not be there yet."`
}

// Help says how a copy becomes a record again.
func (b *backupCommand) Help() string {
	return `The copy is the record as it is at one moment: jobs, their pieces, results, links and traces. It is checked, and bears its name only once it is whole.

To restore it, put it as ` + sqlite.File + ` into an empty data directory, and start a server with that directory. What is to be done is worked out again from the record, so jobs that had not ended go on.

A record in NATS is not in the data directory: "nats stream backup" copies its KV_MONDE_ streams.`
}

// Run copies the record.
func (b *backupCommand) Run(ctx context.Context, c *console) error {
	if err := sqlite.Snapshot(ctx, b.Data, b.Out); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return mistake{fmt.Errorf("backup: %w", err)}
	}
	_, err := fmt.Fprintf(c.out, "%s is a whole copy of the record in %s.\n", b.Out, b.Data)
	return err
}
