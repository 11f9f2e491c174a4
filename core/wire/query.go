package wire

import (
	"encoding/hex"
	"strings"

	"monde/core/fault"
)

// parseQuery reads a query as net/url does, which would bring the addresses of
// networks into the page; of several values of a key, the last.
func parseQuery(text string) (map[string]string, error) {
	values := map[string]string{}
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		key, ok := unescaped(key)
		value, fine := unescaped(value)
		if !ok || !fine || strings.Contains(part, ";") {
			return nil, fault.At("link", "is not a query: %.40q", part)
		}
		values[key] = value
	}
	return values, nil
}

// unescaped returns text with its escapes of a form decoded: %41, and + for a space.
func unescaped(text string) (string, bool) {
	text = strings.ReplaceAll(text, "+", " ")
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "%")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		if len(after) < 2 {
			return "", false
		}
		c, err := hex.DecodeString(after[:2])
		if err != nil {
			return "", false
		}
		b.Write(c)
		text = after[2:]
	}
}
