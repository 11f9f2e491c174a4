import {count, percent, plural} from '../base/format';
import {useStore} from '../state/store';
import type {Evidence} from '../wire.gen';
import {Table} from './Figure';
import {kinds} from './names';

/** How far each part of a run has been compared with measurements, and why it may be further off. */
export function EvidenceTable({trust}: {readonly trust: readonly Evidence[]}) {
  const {lens} = useStore();
  return (
    <Table
      caption="The measurements nearest to each part" rows={trust}
      columns={[
        {title: 'Part', text: true, cell: (e) => e.name},
        {title: 'Known from', text: true, cell: (e) => <span class={`badge k-${e.kind}`}>{kinds[e.kind]}</span>},
        {title: 'Nearest measurements', text: true, cell: (e) => (e.set === '' ? 'none' : <button type="button" class="plain" onClick={() => lens.set({view: 'trust', set: e.set}, 'pick')}>{e.set} {e.strategy}, {e.machine}</button>)},
        {title: 'Median error', cell: (e) => (e.set === '' ? '–' : percent(e.median))},
        {title: 'p90', cell: (e) => (e.set === '' ? '–' : percent(e.p90))},
        {title: 'Worst', cell: (e) => (e.set === '' ? '–' : `${percent(e.worst)} of ${plural(e.rows, 'row')}`)},
        {title: 'Here', text: true, cell: (e) => <Place evidence={e} />},
      ]}
    />
  );
}

/** Whether a part lies within what was measured; if not, why. */
function Place({evidence: {outside, ranges}}: {readonly evidence: Evidence}) {
  if (outside.length === 0) return <>within what was measured: {ranges.map((r) => `${r.name} ${range(r.low, r.high)}`).join(', ')}</>;
  return (
    <>
      <span class="badge bad">extrapolated</span> {outside.join('; ')}
    </>
  );
}

const range = (low: number, high: number) => (low === high ? count(low) : `${count(low)}–${count(high)}`);
