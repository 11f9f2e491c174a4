package endpoint

import "monde/core/unit"

// Alone returns the life of a task that is the only one of the only device, in
// closed form: the steps follow one another, and polls come at a fixed period
// until the first that finds it done. It is what Run returns for such a task.
func (e Endpoint) Alone(t Task, compute unit.Time) Life {
	s := e.spec
	out, in := s.ToDevice, s.FromDevice
	there := out.Bandwidth.Transfer(line)
	back := in.Bandwidth.Transfer(line) + in.Latency

	var l Life
	left := out.Bandwidth.Transfer(t.Write)
	if t.Write > 0 {
		l.Written = left + out.Latency
	}
	left += there
	l.Accepted = left + out.Latency
	l.Popped = l.Accepted
	l.Done = l.Popped + s.Start + compute

	seen := left + s.Poll + there + out.Latency // by the device: the first poll
	if period := s.period(); seen < l.Done {
		seen += (l.Done - seen + period - 1) / period * period
	}
	l.Known = seen + back
	l.Back = l.Known
	if t.Read > 0 {
		l.Back += there + out.Latency + in.Bandwidth.Transfer(t.Read) + in.Latency
	}
	return l
}
