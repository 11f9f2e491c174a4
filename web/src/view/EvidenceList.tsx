import {count, percent, plural} from '../base/format';
import {useStore} from '../state/store';
import type {Evidence, Range} from '../wire.gen';
import {kinds} from './names';

/** How far each part of a run has been compared with measurements, and why it may be further off. */
export function EvidenceList({trust}: {readonly trust: readonly Evidence[]}) {
  return (
    <ul class="evidence" aria-label="The measurements nearest to each part">
      {trust.map((e) => (
        <li key={e.name}>
          <strong>{e.name}</strong> <span class={`badge k-${e.kind}`}>{kinds[e.kind]}</span>{e.outside.length > 0 && <span class="badge bad">extrapolated</span>}
          <p class="small">{e.set === '' ? null : <Nearest evidence={e} />}{e.outside.length > 0 ? `${capital(e.outside.join('; '))}.` : `Within what was measured: ${e.ranges.map(covered).join(', ')}.`}</p>
        </li>
      ))}
    </ul>
  );
}

function Nearest({evidence: e}: {readonly evidence: Evidence}) {
  const {lens} = useStore();
  return (
    <>
      Like <button type="button" class="plain" onClick={() => lens.set({view: 'trust', set: e.set}, 'pick')}>{e.set} {e.strategy}, {e.machine}</button>:
      off by {percent(e.median)} in the median, {percent(e.p90)} within nine of ten and {percent(e.worst)} at worst of {plural(e.rows, 'row')}.{' '}
    </>
  );
}

const covered = ({name, low, high}: Range) => `${name} ${low === high ? count(low) : `${count(low)}–${count(high)}`}`;

const capital = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);
