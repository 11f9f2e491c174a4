//go:build !race

package replay_test

// raced is whether the race detector, which takes ten times as long, watches: a part of
// the figures is then enough.
const raced = false
