import {count, plural, tenths} from '../../base/format';
import {figureOf} from '../../state/trust';
import type {Kind, Validation} from '../../state/trust';

const titles: readonly (readonly [kind: Kind, title: string, what: string])[] = [
  ['pmove', 'Moving weights (PMove)', 'layers whose experts come over PCIe, ours and published ones'],
  ['gpu', 'Experts on the GPU', 'single experts, whole layers and fused kernels'],
  ['cpu', 'Experts on the CPU', 'single experts, and layers computed by the CPU'],
];

/** Typical errors, and the one that nobody knows. */
export function Figures({v}: {readonly v: Validation}) {
  return (
    <dl class="cards">
      {titles.map(([kind, title, what]) => {
        const f = figureOf(v, kind);
        return f && (
          <div key={kind} class="card-small">
            <dt>{title}</dt>
            <dd class="big">{tenths(f.median)} <small>typical error</small></dd>
            <dd class="small">Nine in ten are within {tenths(f.p90)}, the worst is off by {tenths(f.worst)}, of {plural(f.rows, 'held-out row')}: {what}.{f.roofline > 0 && ` A roofline is typically off by ${tenths(f.roofline)}.`}</dd>
          </div>
        );
      })}
      <div class="card-small unknown">
        <dt>Experts near the data</dt>
        <dd class="big">unknown</dd>
        <dd class="small">{count(0)} rows: nobody has measured one. Simulated only.</dd>
      </div>
    </dl>
  );
}
