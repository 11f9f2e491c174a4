package wire

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"monde/core/fault"
	"monde/core/internal/order"
)

// A link is "#v1." and the base64url (no padding) of a raw DEFLATE stream that
// holds the engine's version, a space, and a scenario in its short form. It
// never reaches a server, and pins the engine whose numbers it shows.
const linkPrefix = "v1."

// Limits of a link, against hostile ones.
const (
	maxLink    = 1 << 20 // characters
	maxContent = 1 << 20 // bytes, inflated
)

// EncodeLink returns the fragment of a scenario's short form.
func EncodeLink(engine string, short []byte) string {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(engine + " "))
	}
	if err == nil {
		_, err = w.Write(short)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("wire: bug: " + err.Error()) // a Buffer never fails
	}
	return "#" + linkPrefix + base64.RawURLEncoding.EncodeToString(packed.Bytes())
}

// DecodeLink reads a fragment that EncodeLink wrote, or a readable query such as
// "?model=mixtral-8x7b&batch=4". It returns the engine that the link names, empty
// for a query, and a scenario in JSON, which may yet be wrong. A link that was
// cut or made up is a fault.
func DecodeLink(link string) (engine string, doc []byte, err error) {
	if len(link) > maxLink {
		return "", nil, fault.At("link", "must be at most %d characters, got %d", maxLink, len(link))
	}
	if query, ok := strings.CutPrefix(link, "?"); ok {
		doc, err = decodeQuery(query)
		return "", doc, err
	}
	text, ok := strings.CutPrefix(strings.TrimPrefix(link, "#"), linkPrefix)
	if !ok {
		return "", nil, fault.At("link", "must begin with #%s or ?", linkPrefix)
	}
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", nil, fault.At("link", "is not base64url: it was cut or changed")
	}
	content, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxContent+1))
	if err != nil {
		return "", nil, fault.At("link", "does not inflate: it was cut or changed")
	}
	if len(content) > maxContent {
		return "", nil, fault.At("link", "holds more than %d bytes", maxContent)
	}
	version, doc, ok := bytes.Cut(content, []byte(" "))
	if !ok || len(version) == 0 || len(version) > 32 {
		return "", nil, fault.At("link", "names no engine version")
	}
	return string(version), doc, nil
}

// short names of a readable query, for what people change most. A key with a dot
// is a path: "machine.link.bandwidth_bytes_per_s=24e9". Others are ignored.
var short = map[string]string{
	"model": "model.base", "machine": "machine.base",
	"strategy": "strategy.name", "phase": "workload.phase",
	"batch": "workload.batch", "input": "workload.input_tokens", "output": "workload.output_tokens",
	"routing": "workload.routing.source",
	"seed":    "seed", "fidelity": "fidelity", "title": "title",
}

func decodeQuery(query string) ([]byte, error) {
	values, err := parameters(query)
	if err != nil {
		return nil, fault.At("link", "is not a query: %v", err)
	}
	tree := map[string]any{}
	for _, key := range order.Keys(values) {
		path, known := short[key]
		switch {
		case known:
		case strings.Contains(key, "."):
			path = key
		default:
			continue // what mail programs and trackers append
		}
		if err := put(tree, strings.Split(path, "."), guess(path, values[key])); err != nil {
			return nil, fault.At(key, "names a part and a field of it")
		}
	}
	return json.Marshal(tree)
}

// parameters returns the last value of every key of a query. Package net/url would do
// it too, for 18 kB more of what a browser loads first.
func parameters(query string) (map[string]string, error) {
	all := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		k, okKey := unescape(key)
		v, okValue := unescape(value)
		if !okKey || !okValue {
			return nil, fmt.Errorf("%q is not escaped well", pair)
		}
		all[k] = v
	}
	delete(all, "")
	return all, nil
}

// unescape undoes the escapes of one key or value of a query.
func unescape(s string) (string, bool) {
	if !strings.ContainsAny(s, "%+;") {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			b = append(b, ' ')
		case ';': // once a separator; not any more
			return "", false
		case '%':
			n, err := strconv.ParseUint(s[min(i+1, len(s)):min(i+3, len(s))], 16, 8)
			if err != nil || i+2 >= len(s) {
				return "", false
			}
			b = append(b, byte(n))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return string(b), true
}

// guess reads v as JSON where that is a number or a truth value, unless the
// field is text; otherwise as text.
func guess(path, v string) any {
	text := path == "title" || strings.HasSuffix(path, ".name") || strings.HasSuffix(path, ".base")
	var x any
	if !text && json.Unmarshal([]byte(v), &x) == nil {
		switch x.(type) {
		case float64, bool:
			return json.RawMessage(v)
		}
	}
	return v
}

func put(tree map[string]any, path []string, v any) error {
	for ; len(path) > 1; path = path[1:] {
		next, ok := tree[path[0]].(map[string]any)
		if !ok {
			if tree[path[0]] != nil {
				return fault.At("link", "conflict")
			}
			next = map[string]any{}
			tree[path[0]] = next
		}
		tree = next
	}
	if tree[path[0]] != nil {
		return fault.At("link", "conflict")
	}
	tree[path[0]] = v
	return nil
}
