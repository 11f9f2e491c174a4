package dram

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"monde/core/fault"
)

// MaxRequests is how many requests a trace may have.
const MaxRequests = 10_000_000

// ReadTrace reads requests, one a line: arrive type(R|W) channel rank bankgroup
// bank row col, in decimal. Empty lines, and lines that start with #, are
// skipped. Requests never overtake each other, so one that arrives before the one
// in front of it waits.
func ReadTrace(r io.Reader) ([]Request, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	var reqs []Request
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		q, err := parseRequest(line)
		if err != nil {
			return nil, fault.At("trace", "line %d: %s", n, err)
		}
		if len(reqs) == MaxRequests {
			return nil, fault.At("trace", "line %d: more than %d requests", n, MaxRequests)
		}
		reqs = append(reqs, q)
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, fault.At("trace", "line %d is longer than 1 MB", n+1)
		}
		return nil, fault.At("trace", "%v", err)
	}
	return reqs, nil
}

var errShape = errors.New("must be: arrive R|W channel rank bankgroup bank row col")

func parseRequest(line []byte) (Request, error) {
	var q Request
	var v [7]int64
	for i := range 8 {
		word, rest := cut(line)
		line = rest
		if i == 1 {
			switch string(word) {
			case "R", "r":
			case "W", "w":
				q.Write = true
			default:
				return q, errShape
			}
			continue
		}
		n, ok := decimal(word)
		if !ok {
			return q, errShape
		}
		v[i-min(i, 1)] = n
	}
	if word, _ := cut(line); len(word) > 0 {
		return q, errShape
	}
	for _, n := range v[1:] {
		if n > 1<<30 {
			return q, errors.New("a coordinate is over 2^30")
		}
	}
	q.Arrive, q.Channel = v[0], int32(v[1])
	q.Place = Place{Rank: int32(v[2]), Group: int32(v[3]), Bank: int32(v[4]), Row: int32(v[5]), Col: int32(v[6])}
	return q, nil
}

// cut returns the first word of line, and what follows it.
func cut(line []byte) (word, rest []byte) {
	line = bytes.TrimLeft(line, " \t")
	if i := bytes.IndexAny(line, " \t"); i >= 0 {
		return line[:i], line[i:]
	}
	return line, nil
}

// decimal reads a number of up to 15 digits.
func decimal(word []byte) (n int64, ok bool) {
	if len(word) == 0 || len(word) > 15 {
		return 0, false
	}
	for _, c := range word {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
