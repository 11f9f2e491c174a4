package predict

// Score counts how good predictions were.
type Score struct {
	Asked     int64 `json:"asked"`     // experts that gates chose
	Predicted int64 `json:"predicted"` // experts that were expected
	Right     int64 `json:"right"`     // of both
	Ready     int64 `json:"ready"`     // expected ones whose weights were there in time
}

// Add counts one gate; ready is how many of the expected experts were there in time.
func (s *Score) Add(expected, truth []int32, ready int) {
	s.Asked += int64(len(truth))
	s.Predicted += int64(len(expected))
	s.Ready += int64(ready)
	for _, e := range expected {
		for _, is := range truth {
			if e == is {
				s.Right++
			}
		}
	}
}

// Sum adds another's counts.
func (s *Score) Sum(o Score) {
	s.Asked += o.Asked
	s.Predicted += o.Predicted
	s.Right += o.Right
	s.Ready += o.Ready
}

// Recall is the share of chosen experts that were expected; 0 of none.
func (s Score) Recall() float64 { return share(s.Right, s.Asked) }

// Precision is the share of expected experts that were chosen: ProMoE's accuracy.
func (s Score) Precision() float64 { return share(s.Right, s.Predicted) }

// FetchRate is the share of expected experts whose weights were there in time.
func (s Score) FetchRate() float64 { return share(s.Ready, s.Predicted) }

// GoodPred is what ProMoE measures predictors by: accuracy · fetch rate.
func (s Score) GoodPred() float64 { return float64(s.Precision() * s.FetchRate()) }

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
