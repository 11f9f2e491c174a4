// What stands behind the headline: memory, energy, layers, and where it all
// came from.

import {count, energy, percent, plural, resource, size, time} from '../base/format';
import {picojoules, share, sum} from '../base/units';
import type {Result} from '../engine/engine';
import type {Layer, Source} from '../wire.gen';
import {poolName} from './Cards';
import {EvidenceList} from './EvidenceList';
import {Fold, Table} from './Figure';
import {kinds, layerName} from './names';

const tidy = (name: string) => name.replaceAll('_', ' ');

export function Memory({report}: {readonly report: Result}) {
  return (
    <section class="card" aria-labelledby="memory">
      <h2 id="memory">Memory</h2>
      {report.memory.map((p) => (
        <div key={p.name} class="pool">
          <p><strong>{poolName(p.name)}</strong> <span>{size(p.used_bytes)} of {size(p.capacity_bytes)}</span> <span class={p.fits ? 'badge good' : 'badge bad'}>{p.fits ? 'fits' : 'does not fit'}</span></p>
          <div class={p.fits ? 'meter' : 'meter over'} aria-hidden="true"><span style={{width: `${Math.min(100, share(p.used_bytes, p.capacity_bytes) * 100).toFixed(2)}%`}} /></div>
          <p class="small">{(p.items ?? []).map((i) => `${tidy(i.name)} ${size(i.bytes)}`).join(' · ') || 'empty'}</p>
        </div>
      ))}
    </section>
  );
}

export function EnergyTable({report}: {readonly report: Result}) {
  const total = picojoules(sum(report.energy.map((e) => e.energy_pj)));
  return (
    <section class="card" aria-labelledby="energy">
      <h2 id="energy">Energy</h2>
      <Table
        caption="Energy by part" rows={report.energy}
        columns={[
          {title: 'Part', text: true, cell: (e) => (resource(e.name) === e.name ? tidy(e.name) : resource(e.name))},
          {title: 'Energy', cell: (e) => energy(e.energy_pj)},
          {title: 'Share', cell: (e) => percent(share(e.energy_pj, total))},
        ]}
      />
      <p class="small">{energy(total)} in all, {energy(picojoules(total / Math.max(1, report.tokens)))} a token.</p>
    </section>
  );
}

export function Layers({report}: {readonly report: Result}) {
  const names = report.resources.map((r) => r.name);
  return (
    <Fold class="card" summary={<h2>Layer by layer</h2>}>{() => (
      <Table
        caption="Layers in the order of execution" rows={report.layers.map((l, i) => [l, i] as const)}
        columns={[
          {title: 'Layer', text: true, cell: ([, i]) => layerName(report.layers, i)},
          {title: 'Kind', text: true, cell: ([l]) => (l.moe ? 'MoE' : 'dense')},
          {title: 'Time', cell: ([l]) => time(l.time_ps)},
          {title: 'Bound', cell: ([l]) => time(l.bound_ps)},
          {title: 'Waits for', text: true, cell: ([l]) => waits(l, names)},
          {title: 'In', cell: ([l]) => size(l.link_in_bytes)},
          {title: 'Out', cell: ([l]) => size(l.link_out_bytes)},
          {title: 'Active', cell: ([l]) => (l.moe ? count(l.active) : '–')},
          {title: 'Hot', cell: ([l]) => (l.moe ? count(l.h) : '–')},
          {title: 'Passes', cell: ([l]) => count(l.passes)},
        ]}
      />
    )}</Fold>
  );
}

function waits(l: Layer, names: readonly string[]): string {
  const most = Math.max(...l.critical_ps);
  return most > 0 ? `${resource(names[l.critical_ps.findIndex((t) => t === most)] ?? '')} ${percent(share(l.critical_ps.find((t) => t === most) ?? l.time_ps, l.time_ps))}` : '–';
}

/** Where each number of a scenario is known from. */
export function ProvenanceTable({sources}: {readonly sources: readonly Source[]}) {
  return (
    <Table
      caption="How each number is known" rows={sources}
      columns={[
        {title: 'Number', text: true, cell: (s) => <code>{s.path}</code>},
        {title: 'Value', cell: (s) => s.value},
        {title: 'Known from', text: true, cell: (s) => <span class={`badge k-${s.kind}`}>{kinds[s.kind]}</span>},
        {title: 'Source', text: true, cell: (s) => s.text},
      ]}
    />
  );
}

/** How far the numbers can be trusted. */
export function Trust({report}: {readonly report: Result}) {
  const {routing} = report;
  // What is said above is not said again.
  const warnings = report.warnings.filter((w) => !(report.simulated_only && w.text.startsWith('Simulated only')) && !w.text.includes(routing.text || '\n'));
  const assumed = report.provenance.filter((s) => s.kind === 'assumed').length;
  return (
    <section class="card" aria-labelledby="trust">
      <h2 id="trust">How far to trust this</h2>
      {report.simulated_only && <p class="warn-line"><strong>Simulated only.</strong> No NDP expert execution has been measured anywhere.</p>}
      <p>
        <strong>Routing:</strong> {routing.text || routing.name}
        {routing.stand_in && <span class="badge bad">stand-in</span>}
        {routing.scaled && <span class="badge">stretched</span>}
        {routing.licence && <span class="small"> {routing.licence}</span>}
      </p>
      <EvidenceList trust={report.trust} />
      {warnings.length > 0 && <ul class="warnings">{warnings.map((w) => <li key={w.path + w.text}>{w.text}</li>)}</ul>}
      <Fold summary={<><h3>How each number is known</h3> <span class="small">{plural(report.provenance.length, 'number')}, {count(assumed)} assumed</span></>}>{() => <ProvenanceTable sources={report.provenance} />}</Fold>
      <p class="small digest">Digest <code>{report.digest}</code>: the same scenario gives it on every machine.</p>
    </section>
  );
}
