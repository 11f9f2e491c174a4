package system

// The ready tasks of a server are a binary heap: urgent ones first, then the
// lowest number, which is the order they were added in.

func (g *graph) before(a, b int32) bool {
	if x, y := g.tasks[a].urgent, g.tasks[b].urgent; x != y {
		return x
	}
	return a < b
}

func (g *graph) push(s *server, id int32) {
	s.ready = append(s.ready, id)
	for i := len(s.ready) - 1; i > 0; {
		parent := (i - 1) / 2
		if !g.before(s.ready[i], s.ready[parent]) {
			return
		}
		s.ready[i], s.ready[parent] = s.ready[parent], s.ready[i]
		i = parent
	}
}

func (g *graph) pop(s *server) int32 {
	h := s.ready
	top, last := h[0], len(h)-1
	h[0] = h[last]
	s.ready = h[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return top
		}
		if child+1 < last && g.before(h[child+1], h[child]) {
			child++
		}
		if !g.before(h[child], h[i]) {
			return top
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}
