import {count, difference, percent, resource, size, time} from '../base/format';
import {share} from '../base/units';
import type {Result} from '../engine/engine';
import {busyShare} from '../state/headline';
import {useStore} from '../state/store';
import type {Clocked, Compared} from '../wire.gen';
import {Table} from './Figure';

/** How far the fidelities differ, where a run clock by clock tells. */
export function Fidelities({report}: {readonly report: Result}) {
  const {lens, server} = useStore();
  const [all, experts] = [report.fidelities ?? [], report.clocked ?? []];
  const cycle = all.find((f) => f.name === 'cycle');
  if (!cycle) return null;
  return (
    <section class="card fidelities" aria-labelledby="fidelities">
      <div class="figure-head">
        <h2 id="fidelities">How far the fidelities differ</h2>
        {experts.length > 0 && !server.run.value?.watching && <button type="button" onClick={() => lens.set({view: 'device'}, 'pick')}>One expert, clock by clock</button>}
      </div>
      <p class="note">The same scenario at each fidelity. Against cycle, the others leave out commands, rows and refreshes of the device’s memory.</p>
      <div class="pair unequal">
        <Whole all={all} cycle={cycle} />
        {experts.length > 0 && <Experts rows={experts} />}
      </div>
    </section>
  );
}

function Whole({all, cycle}: {readonly all: readonly Compared[]; readonly cycle: Compared}) {
  return (
    <Table
      caption="Latency at each fidelity" rows={all}
      columns={[
        {title: 'Fidelity', text: true, cell: (f) => f.name},
        {title: 'Latency', cell: (f) => time(f.latency_ps)},
        {title: 'Against cycle', cell: (f) => (f === cycle ? '–' : difference(f.latency_ps, cycle.latency_ps))},
      ]}
    />
  );
}

function Experts({rows}: {readonly rows: readonly Clocked[]}) {
  return (
    <Table
      caption="One expert on the device" rows={rows}
      columns={[
        {title: 'Tokens', cell: (r) => count(r.tokens)},
        {title: 'Passes', cell: (r) => count(r.passes)},
        {title: 'Closed form', cell: (r) => time(r.closed_ps)},
        {title: 'Clock by clock', cell: (r) => time(r.clocked_ps)},
        {title: 'Off by', cell: (r) => difference(r.closed_ps, r.clocked_ps)},
      ]}
    />
  );
}

/** How busy each resource was, and what waited for it. */
export function Resources({report}: {readonly report: Result}) {
  return (
    <section class="card resources" aria-labelledby="resources">
      <h2 id="resources">Resources</h2>
      <Table
        caption="Use of each resource" rows={report.resources.filter((r) => r.name !== 'flash' || r.busy_ps > 0)}
        columns={[
          {title: 'Resource', text: true, cell: (r) => resource(r.name) + ((r.units ?? 1) > 1 ? `, ${r.units ?? 1} of them` : '')},
          {title: 'Busy', cell: (r) => percent(busyShare(r, report))},
          {title: 'Latency that waits for it', cell: (r) => percent(share(r.critical_ps, report.latency_ps))},
          {title: 'Bytes', cell: (r) => (r.bytes > 0 ? size(r.bytes) : '–')},
        ]}
      />
    </section>
  );
}
