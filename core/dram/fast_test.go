//go:build !race && !js

package dram_test

const slow = false
