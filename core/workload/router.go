package workload

// Pass is one forward pass through one stack of a model.
type Pass struct {
	Encoder bool // through the encoder; otherwise the decoder, or the only stack
	Step    int  // decoding step from 0; 0 also for the input pass
	Tokens  int  // in the whole batch
	Input   bool // the input pass (encoder, prefill), not a decoding step
}

// A Router tells how many tokens each expert of a layer gets. Calls must come in
// the order of the passes, and of the layers in each.
type Router interface {
	// Count sets dst, one entry an expert, to the tokens that MoE block number
	// layer (from 0, of the pass's stack) routes to each.
	Count(dst []int32, p Pass, layer int)
}

// Origin says where the routing of a run came from.
type Origin struct {
	Source  Source `json:"source"`
	Name    string `json:"name"`     // of the table, trace, file or curve
	Text    string `json:"text"`     // one sentence for people
	Licence string `json:"licence"`  // SPDX; empty for curves and the user's own
	StandIn bool   `json:"stand_in"` // the data are of another model, or of another part of this one
	Scaled  bool   `json:"scaled"`   // shares were stretched to another number of experts, layers or tokens
}
