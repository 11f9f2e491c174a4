package dram

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
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
	return readTrace(r, func(*Request) error { return nil })
}

// ReadTrace reads requests as the function does, and refuses the first one that is
// nowhere in s.
func (s Spec) ReadTrace(r io.Reader) ([]Request, error) {
	return readTrace(r, s.outside)
}

// readTrace reads requests until one is not as it should be.
func readTrace(r io.Reader, check func(*Request) error) ([]Request, error) {
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
		if err == nil {
			err = check(&q)
		}
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

// columns are the numbers of a line, in order.
var columns = [...]string{"arrive", "channel", "rank", "bankgroup", "bank", "row", "col"}

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
		at := i - min(i, 1)
		n, err := decimal(word)
		if err != nil {
			return q, named(columns[at], err)
		}
		v[at] = n
	}
	if word, _ := cut(line); len(word) > 0 {
		return q, errShape
	}
	for at, n := range v {
		if at > 0 && n > 1<<30 {
			return q, fmt.Errorf("%s is over 2^30: %d", columns[at], n)
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

// maxDigits is how many digits a number may have: what it counts fits 50 bits.
const maxDigits = 15

var errDigits = fmt.Errorf("has more than %d digits", maxDigits)

// named says which number err is about, if it is about one.
func named(column string, err error) error {
	if errors.Is(err, errDigits) {
		return fmt.Errorf("%s %w", column, err)
	}
	return err
}

// decimal reads a number of up to maxDigits digits.
func decimal(word []byte) (n int64, err error) {
	if len(word) == 0 {
		return 0, errShape
	}
	for i, c := range word {
		if c < '0' || c > '9' {
			return 0, errShape
		}
		if i < maxDigits {
			n = n*10 + int64(c-'0')
		}
	}
	if len(word) > maxDigits {
		return 0, errDigits
	}
	return n, nil
}
