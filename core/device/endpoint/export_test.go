package endpoint

// EveryPoll returns e as it would be if it passed over no poll.
func EveryPoll(e Endpoint) Endpoint {
	e.everyPoll = true
	return e
}
