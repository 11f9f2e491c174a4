//go:build js && wasm && light

package main

import "monde/core"

// search is left out of the module that every visit loads.
var search core.Search
