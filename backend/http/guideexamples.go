package httpapi

import "strings"

// examplesFor returns the examples whose operations there are.
func examplesFor(known map[string]bool) []guideExample {
	var all []guideExample
	for _, e := range []struct {
		of string
		guideExample
	}{
		{"start-run", guideExample{"example-run", "Run a scenario",
			"What is absent keeps its default. The answer names the run; once its state is done, there is a report.",
			lines(
				"curl -s $MONDE/api/v1/runs --json '"+exampleScenario+"'",
				"curl -s $MONDE/api/v1/runs/$ID",
				"curl -s --compressed $MONDE/api/v1/runs/$ID/report")}},
		{"stream-run", guideExample{"example-stream", "Follow a stream",
			"A stream is a WebSocket of JSON messages, numbered by seq. After a broken connection, ?from= the last number goes on " +
				"without a gap; after end, close it. curl speaks WebSocket from 8.11 on; an older one shows the messages if it is told to ask for one.",
			lines(
				"curl -sN ${MONDE/http/ws}/api/v1/runs/$ID/stream",
				`curl -sN "$MONDE/api/v1/runs/$ID/stream?from=0" --http1.1 --output - \`,
				"  -H 'Connection: Upgrade' -H 'Upgrade: websocket' \\",
				"  -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='")}},
		{"start-sweep", guideExample{"example-sweep", "Sweep over fields",
			"Each axis is a field of the scenario and its values, or a range. With an Idempotency-Key it is safe to send the same again.",
			lines(
				"curl -s $MONDE/api/v1/sweeps -H 'Idempotency-Key: my-first' --json '"+exampleSweep+"'",
				"curl -s $MONDE/api/v1/sweeps/$ID",
				`curl -s "$MONDE/api/v1/sweeps/$ID/results?format=csv"`)}},
	} {
		if known[e.of] {
			all = append(all, e.guideExample)
		}
	}
	return all
}

func lines(all ...string) string { return strings.Join(all, "\n") }
