//go:build js && wasm

// Command wasm is the simulator inside a page's worker: bytes in, bytes out.
//
// It puts an object called monde on globalThis, with core.Session's calls and
// the engine's version. It leaves out cancelling: the worker is terminated, and
// starts again from its cached module.
package main

import (
	"encoding/json"
	"fmt"
	"syscall/js"

	"monde/core"
	"monde/core/fault"
	"monde/core/wire"
)

// door is what the page may call.
type door struct {
	call   func(request []byte, emit func([]byte))
	attach func(name string, file []byte) []byte
}

func main() {
	s := &core.Session{Search: search}
	js.Global().Set("monde", object(door{
		func(request []byte, emit func([]byte)) { s.Call(fault.Never{}, request, emit) }, s.Attach,
	}))
	select {} // the page calls in; the program ends with its worker
}

// object returns what the page sees of d.
func object(d door) map[string]any {
	return map[string]any{
		"version": core.Engine,
		"call":    js.FuncOf(func(_ js.Value, args []js.Value) any { return call(d, args) }),
		"attach":  js.FuncOf(func(_ js.Value, args []js.Value) any { return attach(d, args) }),
	}
}

// call is call(request: Uint8Array, emit: (message: Uint8Array) => void): void.
func call(d door, args []js.Value) any {
	emit := func(b []byte) { args[1].Invoke(toJS(b)) }
	defer tell(emit)
	d.call(toGo(args[0]), emit)
	return nil
}

// attach is attach(name: string, file: Uint8Array): Uint8Array. A panic is its
// reply, since it cannot both answer and die.
func attach(d door, args []js.Value) (reply any) {
	defer func() {
		if p := recover(); p != nil {
			reply = toJS(internal(p))
		}
	}()
	return toJS(d.attach(args[0].String(), toGo(args[1])))
}

// tell sends a panic to the page before the program dies of it: a session whose
// state is unknown must not answer again, and a silent death would hang the page.
func tell(emit func([]byte)) {
	if p := recover(); p != nil {
		emit(internal(p))
		panic(p)
	}
}

// internal returns a failure of ours. It is a wire.Message, and by its field
// failed a wire.Reply too, so that the page need not know which call died.
func internal(p any) []byte {
	b, err := json.Marshal(wire.Message{V: wire.Version, Kind: wire.KindFailed, Failed: &wire.Failed{
		Code: wire.CodeInternal, Reason: fmt.Sprint(p), Fields: []fault.Field{},
	}})
	if err != nil {
		panic("wasm: bug: " + err.Error())
	}
	return b
}

func toGo(v js.Value) []byte {
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b
}

func toJS(b []byte) js.Value {
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v
}
