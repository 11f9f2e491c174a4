//go:build race

package validate

// slow shortens lists: the run without the race detector has them in full.
const slow = true
