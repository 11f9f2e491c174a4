package audit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"monde/core/dram"
	"monde/core/dram/audit"
)

// stream returns what a memory issues for n requests of a pattern.
func stream(t *testing.T, config, pattern string, n int) (dram.Spec, []dram.Request, []dram.Command, dram.Result) {
	t.Helper()
	s, err := dram.Named(config)
	if err != nil {
		t.Fatal(err)
	}
	reqs, err := dram.Pattern(pattern, s, n, 1)
	if err != nil {
		t.Fatal(err)
	}
	var all []dram.Command
	r, err := dram.Run(t.Context(), s, reqs, dram.Options{Emit: func(c dram.Command) { all = append(all, c) }})
	if err != nil {
		t.Fatal(err)
	}
	return s, reqs, all, r
}

// verdict returns the rule that a stream breaks, or "".
func verdict(s dram.Spec, all []dram.Command) string {
	a := audit.New(s)
	for _, c := range all {
		a.Command(c)
	}
	var v *audit.Violation
	if errors.As(a.Err(), &v) {
		return v.Rule
	}
	return ""
}

func drop(all []dram.Command, i int) []dram.Command {
	return slices.Delete(slices.Clone(all), i, i+1)
}

func change(all []dram.Command, i int, do func(c *dram.Command)) []dram.Command {
	out := slices.Clone(all)
	do(&out[i])
	return out
}

// A mutation breaks a stream at command i, where it applies, and says how an
// auditor may call that.
type mutation struct {
	name, config, pattern string
	applies               func(all []dram.Command, i int) bool
	mutate                func(all []dram.Command, i int) []dram.Command
	rules                 []string
}

func is(ops ...dram.Op) func([]dram.Command, int) bool {
	return func(all []dram.Command, i int) bool { return slices.Contains(ops, all[i].Op) }
}

func late(all []dram.Command, i int) bool { return all[i].Clock > 500 }

// to changes a command.
func to(do func(c *dram.Command)) func([]dram.Command, int) []dram.Command {
	return func(all []dram.Command, i int) []dram.Command { return change(all, i, do) }
}

// closes says whether command i is a PRE of a bank that is opened again next.
func closes(all []dram.Command, i int) bool {
	c := all[i]
	next := slices.IndexFunc(all[i+1:], func(o dram.Command) bool {
		return c.Rank == o.Rank && (o.Bank < 0 || c.Group == o.Group && c.Bank == o.Bank)
	})
	return c.Op == dram.PRE && next >= 0 && all[i+1+next].Op == dram.ACT
}

// follows says whether command i is a burst right after another.
func follows(all []dram.Command, i int) bool {
	return i > 0 && all[i].Op == dram.RD && all[i-1].Op == dram.RD && all[i].Clock == all[i-1].Clock+2
}

func again(all []dram.Command, i int) []dram.Command {
	return slices.Insert(slices.Clone(all), i, all[i])
}

var mutations = []mutation{
	{"an ACT1 is left out", "r2_lp5_6400", "rand", is(dram.ACT), drop, []string{"ACT2"}},
	{"an ACT2 is left out", "r2_lp5_6400", "rand", is(dram.ACT2), drop, []string{"ACT2", "tAAD", "ACT1"}},
	{"an ACT is left out", "r2_ddr4_3200", "rand", is(dram.ACT), drop, []string{"row"}},
	{"an ACT is left out", "d3_hbm2", "rand", is(dram.ACT), drop, []string{"row"}},
	{"a CAS is left out", "r2_lp5_6400", "conf_bank", is(dram.CASRD, dram.CASWR), drop, []string{"WCK"}},
	{"a CAS is of the other kind", "r2_lp5_6400", "conf_bank", is(dram.CASRD), to(func(c *dram.Command) { c.Op = dram.CASWR }), []string{"CAS"}},
	{"a burst after a CAS is late", "r2_lp5_6400", "conf_bank", func(all []dram.Command, i int) bool {
		return i > 0 && all[i-1].Op == dram.CASRD && i < len(all)-1 && all[i+1].Clock > all[i].Clock+1
	}, to(func(c *dram.Command) { c.Clock++ }), []string{"CAS"}},
	{"a PRE is left out", "r2_ddr5_4800", "rand", closes, drop, []string{"ACT"}},
	{"a PREab is left out", "r2_lp5_6400", "seq_bg", is(dram.PREab), drop, []string{"REFab"}},
	{"a read is of another row", "r2_lp5_6400_wckon", "seq_bg", is(dram.RD), to(func(c *dram.Command) { c.Row++ }), []string{"row"}},
	{"ACT2 is of another row", "r2_lp5_6400", "rand", is(dram.ACT2), to(func(c *dram.Command) { c.Row ^= 1 }), []string{"ACT2"}},
	{"a burst is a clock early", "r2_lp5_6400", "seq_bg", follows, to(func(c *dram.Command) { c.Clock-- }), []string{"BL/n_min"}},
	{"a command is sent twice", "r2_lp5_6400", "expert", late, again, []string{"command bus"}},
	{"a clock goes back", "d3_lp5eq_6400", "expert", late, to(func(c *dram.Command) { c.Clock -= 400 }), []string{"order"}},
	{"a place does not exist", "d3_lp5eq_6400", "expert", late, to(func(c *dram.Command) { c.Rank++ }), []string{"place"}},
	{"a refresh is early", "r2_lp5_6400", "seq_bg", is(dram.REFab), to(func(c *dram.Command) { c.Clock -= 40 }),
		[]string{"order", "tRPpb", "tRC", "REFab", "refresh debt"}},
	{"a refresh is of the other kind", "r2_lp5_6400_refpb", "seq_bg", is(dram.REFpb), to(func(c *dram.Command) {
		c.Op, c.Group, c.Bank = dram.REFab, -1, -1
	}), []string{"refresh", "REFab"}},
	{"refreshes of banks change places", "r2_lp5_6400_refpb", "conf_bank", func(all []dram.Command, i int) bool {
		return all[i].Op == dram.REFpb && all[i].Group == 1 && all[i].Bank == 1
	}, to(func(c *dram.Command) { c.Bank = 2 }), []string{"REFpb turn"}},
}

func TestNoMutationOfAStreamPasses(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.name+"/"+m.config, func(t *testing.T) {
			s, _, all, _ := stream(t, m.config, m.pattern, 3000)
			if rule := verdict(s, all); rule != "" {
				t.Fatalf("the stream itself breaks %s", rule)
			}
			var at []int
			for i := range all {
				if m.applies(all, i) {
					at = append(at, i)
				}
			}
			if len(at) == 0 {
				t.Fatal("nothing to mutate")
			}
			for _, i := range slices.Compact([]int{at[0], at[len(at)/3], at[len(at)/2], at[len(at)*2/3], at[len(at)-1]}) {
				if rule := verdict(s, m.mutate(all, i)); !slices.Contains(m.rules, rule) {
					t.Errorf("at command %d, %+v, the auditor says %q, want one of %q", i, all[i], rule, m.rules)
				}
			}
		})
	}
}

// A stream without one of its refreshes is a refresh behind ever after.
func TestAMissingRefreshIsNoticed(t *testing.T) {
	for config, rules := range map[string][]string{
		"r2_lp5_6400": {"refresh debt"}, "d3_lp5eq_6400": {"refresh debt"}, "r2_lp5_6400_refpb": {"refresh debt", "REFpb turn"},
	} {
		s, _, all, _ := stream(t, config, "seq_bg", 6000)
		i := slices.IndexFunc(all, func(c dram.Command) bool { return c.Op == dram.REFab || c.Op == dram.REFpb })
		if rule := verdict(s, drop(all, i)); !slices.Contains(rules, rule) {
			t.Errorf("%s: the auditor says %q", config, rule)
		}
	}
}

func TestTwoCommandBusesTakeARowAndAColumnCommand(t *testing.T) {
	s, err := dram.Named("d3_hbm2")
	if err != nil {
		t.Fatal(err)
	}
	at := func(clock int64, op dram.Op, group int32) dram.Command {
		return dram.Command{Clock: clock, Op: op, Place: dram.Place{Group: group}}
	}
	both := []dram.Command{at(1, dram.ACT, 0), at(50, dram.ACT, 1), at(50, dram.RD, 0)}
	if rule := verdict(s, both); rule != "" {
		t.Errorf("a row and a column command in one clock break %s", rule)
	}
	if rule := verdict(s, append(both, at(50, dram.ACT, 2))); rule != "command bus" {
		t.Errorf("three commands in one clock: %q", rule)
	}
	s.Controller.Dual = false
	if rule := verdict(s, both); rule != "command bus" {
		t.Errorf("two commands on one bus in one clock: %q", rule)
	}
}

func TestAViolationNamesTheRuleBothCommandsAndTheirClocks(t *testing.T) {
	s, err := dram.Named("r2_ddr4_3200")
	if err != nil {
		t.Fatal(err)
	}
	a := audit.New(s)
	a.Command(dram.Command{Clock: 10, Op: dram.ACT})
	a.Command(dram.Command{Clock: 31, Op: dram.RD})
	want := "tRCD: RD at clock 31 (channel 0, rank 0, group 0, bank 0, row 0, burst 0) after ACT at clock 10 " +
		"(channel 0, rank 0, group 0, bank 0, row 0, burst 0): 22 clocks must pass, 21 did"
	if err := a.Err(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	a.Command(dram.Command{Clock: 1, Op: dram.RD})
	if err := a.Err(); err == nil || err.Error() != want {
		t.Errorf("the first violation was replaced: %v", err)
	}
}

func TestTheLedgerNoticesWhatIsMissingTwiceOrMiscounted(t *testing.T) {
	s, reqs, all, r := stream(t, "r2_lp5_6400", "mix90_seq", 500)
	burst := slices.IndexFunc(all, func(c dram.Command) bool { return c.Op == dram.RD })
	check := func(what, said string, all []dram.Command, change func(*dram.Result)) {
		t.Helper()
		l, result := audit.NewLedger(s, reqs), r
		for _, c := range all {
			l.Command(c)
		}
		change(&result)
		err := l.Err(result)
		if said == "" && err != nil || said != "" && (err == nil || !strings.Contains(err.Error(), said)) {
			t.Errorf("%s: got %v, want %q", what, err, said)
		}
	}
	same := func(*dram.Result) {}
	check("the stream itself", "", all, same)
	check("a read is missing", "nothing was issued for", drop(all, burst), same)
	check("a read comes twice", "1 requests asked for it", append(slices.Clone(all), all[burst]), same)
	check("a read is of another burst", "0 requests asked for it", change(all, burst, func(c *dram.Command) { c.Row = 999 }), same)
	check("a read is a write", "asked for it", change(all, burst, func(c *dram.Command) { c.Op = dram.WR }), same)
	check("bytes are lost", "bytes were moved", all, func(r *dram.Result) { r.Bytes-- })
	check("a read is lost", "reads were served", all, func(r *dram.Result) { r.Reads-- })
	check("a count is wrong", "commands counted", all, func(r *dram.Result) { r.Counts[dram.ACT]++ })
	check("the run ends before its data", "its last burst ends", all, func(r *dram.Result) { r.Cycles-- })
	check("the run beats the bus", "the data bus needs", all, func(r *dram.Result) { r.Cycles = 900 })
	check("reads beat the device", "none takes under 19", all, func(r *dram.Result) { r.Latency.P50 = 18 })
	check("time is not clocks", "clocks are not", all, func(r *dram.Result) { r.Time++ })
	check("the bus is busier than it is", "busy or idle", all, func(r *dram.Result) { r.Idle[dram.ByRow] += 1000 })
	check("writes are left", "at most 0 may be", all, func(r *dram.Result) { r.Undrained = 1 })
}

func TestABurstBeforeItsRequestIsNoticed(t *testing.T) {
	s, reqs, all, r := stream(t, "r2_lp5_6400", "seq_open", 200)
	l := audit.NewLedger(s, reqs)
	for _, c := range all {
		c.Clock -= 60
		l.Command(c)
	}
	if err := l.Err(r); err == nil || !strings.Contains(err.Error(), "its request arrived") {
		t.Errorf("bursts 60 clocks too soon: %v", err)
	}
}

func TestExceptionsHaveReasons(t *testing.T) {
	for _, e := range audit.Exceptions {
		if e.Rule == "" || e.Reason == "" || e.Covers == nil {
			t.Errorf("%+v lacks something", e)
		}
	}
}
