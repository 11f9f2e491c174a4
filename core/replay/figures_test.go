package replay_test

import (
	"math"
	"runtime"
	"testing"

	"monde/core/fault"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/replay"
	"monde/core/workload"
)

// Figures of the same traces that were worked out apart from this program: hit rates of a
// cache for each layer, in percent, of 12.5, 25, 37.5, 50 and 75 % of the experts. Those
// of gpt-oss-20b are of all 293 requests that do not loop, of which 64 ship.
var capacities = []float64{0.125, 0.25, 0.375, 0.5, 0.75}

const gptOSS, deepSeek = "gpt-oss-20b_fingerprinting", "deepseek-v2-lite_esft"

type figure struct {
	trace, dataset string
	slots          int
	within         float64 // points
	want           [5]float64
}

var lru = []figure{
	{gptOSS, "", 1, 1, [5]float64{43.6, 65.2, 80.1, 89.4, 97.9}},
	{gptOSS, "", 4, 1, [5]float64{21.9, 43.8, 64.1, 78.5, 95.3}},
	{gptOSS, "", 16, 1, [5]float64{15.5, 31.0, 46.4, 61.9, 89.5}},
	{deepSeek, "intent", 1, 1, [5]float64{31.3, 50.6, 63.2, 73.6, 89.4}},
	{deepSeek, "intent", 4, 1, [5]float64{20.8, 41.4, 58.0, 71.2, 90.0}},
	{deepSeek, "law", 1, 1, [5]float64{33.8, 49.7, 62.0, 72.9, 90.0}},
	{deepSeek, "law", 4, 1, [5]float64{18.9, 37.7, 53.1, 65.5, 86.3}},
	{deepSeek, "law", 16, 1, [5]float64{14.2, 28.4, 42.5, 56.6, 82.7}},
	{deepSeek, "", 1, 1, [5]float64{32.6, 50.2, 62.6, 73.2, 89.7}},
	{deepSeek, "", 4, 1, [5]float64{18.6, 37.1, 52.8, 65.4, 86.3}},
	{deepSeek, "", 16, 1, [5]float64{13.8, 27.6, 41.4, 55.2, 81.4}},
}

// short is of 127 requests of 65 tokens: which of them are batched together, which is not
// published, moves the rates by more than a point: twelve orders give 59.5 to 61.5 % for
// half of the experts, and no reading of what is published moves the middle of that.
var short = figure{deepSeek, "intent", 16, 0, [5]float64{15.4, 30.8, 46.2, 61.5, 86.9}}

var static = []figure{
	{gptOSS, "", 1, 1, [5]float64{29.5, 50.9, 67.4, 80.1, 95.2}},
	{deepSeek, "intent", 1, 1, [5]float64{33.2, 53.0, 67.4, 78.1, 93.1}},
	{deepSeek, "law", 1, 1, [5]float64{27.2, 44.6, 58.8, 70.7, 89.3}},
	{deepSeek, "", 1, 1, [5]float64{24.9, 42.6, 57.2, 69.4, 88.7}},
}

// shipped returns a trace, each time the same, and skips where none ships.
func shipped(t *testing.T, name string) *workload.Trace {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("a browser fetches traces")
	}
	tr, ok := workload.Shipped(name)
	if !ok {
		t.Fatalf("%s does not ship", name)
	}
	return tr
}

func run(t testing.TB, tr *workload.Trace, s replay.Spec) replay.Result {
	t.Helper()
	r, err := replay.Run(fault.Never{}, tr, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rates returns hit rates of f's capacities, in percent, for requests in one order.
func (f figure) rates(t *testing.T, tr *workload.Trace, policy replace.Name, learn replay.Learn, seed uint64) (rates [5]float64) {
	for i, share := range capacities {
		s := replay.Default().InBatch(f.slots)
		s.Dataset, s.Learn, s.Seed = f.dataset, learn, seed
		s.Cache.Name, s.Cache.Slots = policy, int(share*float64(tr.Experts))
		rates[i] = 100 * run(t, tr, s).HitRate
	}
	return rates
}

func (f figure) check(t *testing.T, what string, got [5]float64) {
	t.Helper()
	t.Logf("%-6s %s %s, %d slots: %.1f, published %.1f", what, f.trace, f.dataset, f.slots, got, f.want)
	for i := range got {
		if math.Abs(got[i]-f.want[i]) > f.within {
			t.Errorf("%s of %s %s, %d slots, %v of the experts: %.1f %%, want %.1f", what, f.trace, f.dataset, f.slots, capacities[i], got[i], f.want[i])
		}
	}
}

func TestHitRatesAreThoseOfTheTraces(t *testing.T) {
	traces := map[string]*workload.Trace{gptOSS: shipped(t, gptOSS), deepSeek: shipped(t, deepSeek)}
	for _, f := range lru {
		if raced && (f.dataset != "law" || f.slots < 16) {
			continue
		}
		f.check(t, "LRU", f.rates(t, traces[f.trace], replace.LRU, replay.Online, replay.Default().Seed))
	}
	for _, f := range static {
		if raced && f.dataset != "law" {
			continue
		}
		f.check(t, "static", f.rates(t, traces[f.trace], replace.Static, replay.Half, replay.Default().Seed))
	}
}

func TestHitRatesOfShortRequestsAreThoseOfSomeOrder(t *testing.T) {
	if raced {
		t.Skip("it plays a trace sixty times")
	}
	const rounded = 0.05 // figures are in tenths of a percent
	tr, low, high := shipped(t, short.trace), [5]float64{100, 100, 100, 100, 100}, [5]float64{}
	for seed := range uint64(12) {
		for i, rate := range short.rates(t, tr, replace.LRU, replay.Online, seed) {
			low[i], high[i] = min(low[i], rate), max(high[i], rate)
		}
	}
	t.Logf("from %.1f to %.1f, published %.1f", low, high, short.want)
	for i, want := range short.want {
		if want < low[i]-rounded || want > high[i]+rounded {
			t.Errorf("%v of the experts: %.1f to %.1f %%, want %.1f within", capacities[i], low[i], high[i], want)
		}
	}
}

func TestTokensReuseTheExpertsOfThoseBefore(t *testing.T) {
	for _, f := range []struct {
		trace, dataset string
		want           [5]float64
	}{
		{gptOSS, "", [5]float64{43.6, 37.7, 35.8, 32.9, 31.9}},
		{deepSeek, "intent", [5]float64{26.2, 19.6, 18.0, 14.6, 11.2}},
		{deepSeek, "law", [5]float64{29.0, 21.6, 18.8, 15.8, 13.1}},
		{deepSeek, "", [5]float64{27.6, 20.6, 18.4, 15.2, 13.0}},
	} {
		tr := shipped(t, f.trace)
		for i, lag := range []int{1, 2, 4, 16, 64} {
			sum := 0.0
			for _, share := range replay.Reuse(tr, f.dataset, lag) {
				sum += share
			}
			if got := 100 * sum / float64(tr.Layers); math.Abs(got-f.want[i]) > 0.5 {
				t.Errorf("%s %s, lag %d: %.1f %%, want %.1f", f.trace, f.dataset, lag, got, f.want[i])
			}
		}
	}
}

// Recall of the experts of the next layer: as many as are chosen, and twice as many.
func TestTheNextLayerIsAsPredictableAsTheTracesAre(t *testing.T) {
	for _, f := range []struct {
		trace, dataset string
		name           predict.Name
		want           [2]float64
	}{
		{gptOSS, "", predict.FirstOrder, [2]float64{62.6, 83.4}},
		{deepSeek, "intent", predict.FirstOrder, [2]float64{70.6, 88.3}},
		{deepSeek, "law", predict.FirstOrder, [2]float64{58.5, 79.0}},
		{deepSeek, "", predict.FirstOrder, [2]float64{60.7, 80.1}},
		{gptOSS, "", predict.Popularity, [2]float64{31.3}},
		{deepSeek, "intent", predict.Popularity, [2]float64{26.9}},
		{deepSeek, "law", predict.Popularity, [2]float64{22.1}},
		{deepSeek, "", predict.Popularity, [2]float64{18.7}},
		{gptOSS, "", predict.PreviousToken, [2]float64{43.6}},
		{deepSeek, "intent", predict.PreviousToken, [2]float64{26.2}},
		{deepSeek, "law", predict.PreviousToken, [2]float64{29.0}},
	} {
		tr := shipped(t, f.trace)
		for i, want := range f.want {
			if want == 0 || raced && (f.name != predict.FirstOrder || f.dataset != "intent") {
				continue
			}
			s := replay.Default()
			s.Dataset, s.Predict.Name, s.Factor, s.Warmup = f.dataset, f.name, i+1, 0
			got := 100 * run(t, tr, s).Recall
			t.Logf("%s of %s %s @%dk: %.1f, published %.1f", f.name, f.trace, f.dataset, i+1, got, want)
			if math.Abs(got-want) > 2 {
				t.Errorf("%s of %s %s finds %.1f %%, want %.1f", f.name, f.trace, f.dataset, got, want)
			}
		}
	}
}
