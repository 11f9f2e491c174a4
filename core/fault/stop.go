package fault

// Stop says whether long work may go on: once Err returns an error, it ends with it. A
// context.Context is one. It is all of one that the simulator asks for, and a browser,
// which ends its worker instead, need not load package time for the rest.
type Stop interface{ Err() error }

// Never is a Stop that lets work go on.
type Never struct{}

// Err implements Stop.
func (Never) Err() error { return nil }
