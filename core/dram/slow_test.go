//go:build race || js

package dram_test

// slow shortens lists: the native run without the race detector has them in full.
const slow = true
