//go:build !race

package validate

const slow = false
