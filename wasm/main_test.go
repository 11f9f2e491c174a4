//go:build js && wasm

package main

import (
	"encoding/json"
	"strings"
	"syscall/js"
	"testing"

	"monde/core/wire"
)

// fake answers a call with its request twice, and panics when asked to.
var fake = door{fakeCall, fakeAttach}

func fakeCall(request []byte, emit func([]byte)) {
	if string(request) == "panic" {
		panic("on request")
	}
	emit(request)
	emit(request)
}

func fakeAttach(name string, file []byte) []byte {
	if name == "panic" {
		panic("on request")
	}
	return append([]byte(name+":"), file...)
}

// collector returns a JavaScript function that appends what it is given to got.
func collector(t *testing.T, got *[]string) js.Value {
	t.Helper()
	f := js.FuncOf(func(_ js.Value, args []js.Value) any {
		*got = append(*got, string(toGo(args[0])))
		return nil
	})
	t.Cleanup(f.Release)
	return f.Value
}

func TestBytesGoInAndComeOut(t *testing.T) {
	var got []string
	call(fake, []js.Value{toJS([]byte("α\x00β")), collector(t, &got)})
	if want := "α\x00β α\x00β"; strings.Join(got, " ") != want {
		t.Errorf("call emitted %q, want %q", got, want)
	}
	reply := attach(fake, []js.Value{js.ValueOf("name"), toJS([]byte("file"))})
	if got := string(toGo(reply.(js.Value))); got != "name:file" {
		t.Errorf("attach returned %q", got)
	}
}

func TestAPanicIsToldBeforeTheProgramDies(t *testing.T) {
	var got []string
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the program would go on")
			}
		}()
		call(fake, []js.Value{toJS([]byte("panic")), collector(t, &got)})
	}()
	if len(got) != 1 {
		t.Fatalf("emitted %q", got)
	}
	expectInternal(t, got[0])
}

func TestAPanicInAttachIsTheReply(t *testing.T) {
	reply := attach(fake, []js.Value{js.ValueOf("panic"), toJS(nil)})
	expectInternal(t, string(toGo(reply.(js.Value))))
}

func TestArgumentsThatAreNoBytesAreAFailureNotADeath(t *testing.T) {
	reply := attach(fake, []js.Value{js.ValueOf("name"), js.ValueOf("not bytes")})
	expectInternal(t, string(toGo(reply.(js.Value))))
}

func expectInternal(t *testing.T, text string) {
	t.Helper()
	var r wire.Reply
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if r.Failed == nil || r.Failed.Code != wire.CodeInternal || r.Failed.Reason == "" {
		t.Errorf("got %s", text)
	}
}
