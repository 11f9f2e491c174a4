//go:build js && wasm && !light

package main

import "monde/core"

// search is what the page fetches a module of its own for.
var search core.Search = core.Find
