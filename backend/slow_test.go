//go:build race

package main

// slow leaves out scripts that compute for long: the run without the race detector
// has them.
const slow = true
