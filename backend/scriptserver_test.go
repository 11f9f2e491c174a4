package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// hasAddress gives a script $ADDR, at which nobody listens, for a server of its own.
func hasAddress(e *testscript.Env) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Setenv("ADDR", l.Addr().String())
	return l.Close()
}

// answers is the script command "await URL TEXT": it waits until the answer of a server
// that runs in the background has a text.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await url text")
	}
	last := ""
	for range 1200 {
		if res, err := http.Get(args[0]); err == nil {
			text, _ := io.ReadAll(res.Body) // half an answer is none
			_ = res.Body.Close()
			if last = string(text); strings.Contains(last, args[1]) {
				return
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("%s never says %s, but %.300s", args[0], args[1], last)
}
