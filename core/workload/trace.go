package workload

// Traces holds the content of traces by name (shipped) or SHA-256 (the user's).
type Traces map[string]*Trace

// Trace is a token-level record of routing.
type Trace struct{}
