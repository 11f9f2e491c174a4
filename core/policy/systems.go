package policy

import "slices"

// A System is a composition by name.
type System struct {
	Name  Name
	Title string // a line for people
	Text  string // what it does, a sentence or two
	over  func(*Spec)
}

// systems is every composition: what each sets, over the strategy that is there.
var systems = []System{
	{Ideal, "Ideal", "Every expert in GPU memory, however large: no transfer at all.", axes(InGPU, Fetched)},
	{GPUPM, "GPU+PM", "Weights of active experts cross the link to the GPU.", axes(InMemory, Fetched)},
	{CPUAM, "CPU+AM", "Activations go to the host, whose CPU computes every expert.", axes(OnHost, AtHome)},
	{CPULB, "CPU+LB", "The busiest experts move to the GPU, the CPU computes the rest, both at once.", axes(OnHost, Balanced)},
	{MDAM, "MD+AM", "Activations go to the memory device, which computes every expert near its weights.", axes(OnDevice, AtHome)},
	{MDLB, "MD+LB (MoNDE)", "The busiest experts move to the GPU, the rest stay on the device, both at once.", axes(OnDevice, Balanced)},
}

func axes(h Home, m Missed) func(*Spec) {
	return func(s *Spec) { s.Home, s.Missed = h, m }
}

// Systems returns every composition, best known baseline first.
func Systems() []System { return slices.Clone(systems) }

// Names returns the name of every composition.
func Names() []Name {
	var names []Name
	for _, x := range systems {
		names = append(names, x.Name)
	}
	return names
}

// Named returns the composition of that name.
func Named(n Name) (System, bool) {
	for _, x := range systems {
		if x.Name == n {
			return x, true
		}
	}
	return System{}, false
}

// As returns s as the composition of that name, with the parameters of s that it says
// nothing of; s with only the name if there is none.
func (s Spec) As(n Name) Spec {
	if x, ok := Named(n); ok {
		x.over(&s)
	}
	s.Name = n
	return s
}

// Axes returns what a composition decides of s, by the names of its JSON.
func (s Spec) Axes() map[string]any {
	return map[string]any{"name": s.Name, "home": s.Home, "missed": s.Missed}
}
