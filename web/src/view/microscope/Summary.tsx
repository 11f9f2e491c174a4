import type {ComponentChildren} from 'preact';
import {difference, percent, plural, rate, size, tenths, time} from '../../base/format';
import type {Seen} from '../../state/microscope';
import type {ScopeProps} from './Microscope';

export interface SeenProps {
  readonly seen: Seen;
}

/** What was seen, in a sentence and in the numbers that matter first. */
export function Summary({scope, seen}: ScopeProps & SeenProps) {
  const {sight: s, tokens} = seen;
  return (
    <>
      <p class="verdict plain" aria-live="polite">
        <span>
          One expert with {plural(tokens, 'token')} takes {time(s.time_ps)}: its weights stream at {rate(s.reached_bytes_per_s)}, {percent(s.reached_bytes_per_s / s.peak_bytes_per_s)} of
          what the memory’s pins can carry.<small> {s.bound}</small>
        </span>
        {scope.stale.value && <span class="badge bad">of the previous values</span>}
      </p>
      <p class="warn-line"><strong>Simulated only.</strong> Nobody has measured an expert on a near-data device.</p>
      <Cards seen={seen} />
    </>
  );
}

function Cards({seen: {sight: s, scenario}}: SeenProps) {
  const {ndp} = scenario.machine.device;
  const faster = s.closed_ps < s.time_ps;
  return (
    <dl class="cards">
      <Card title="Effective bandwidth" note={`${tenths(s.reached_bytes_per_s / s.peak_bytes_per_s)} of ${rate(s.peak_bytes_per_s)} peak`}>{rate(s.reached_bytes_per_s)}</Card>
      <Card title="Time for the expert" note={`${size(s.weight_bytes)} of weights streamed`}>{time(s.time_ps)}</Card>
      <Card title="Closed form says" note={s.closed_ps === s.time_ps ? 'the same' : `${difference(s.closed_ps, s.time_ps)}: fidelity “event” is too ${faster ? 'fast' : 'slow'}`}>{time(s.closed_ps)}</Card>
      <Card title="Arrays busy" note={`${plural(ndp.arrays, 'array')} of ${ndp.rows} × ${ndp.cols}`}>{percent(s.arrays_busy)}</Card>
    </dl>
  );
}

function Card({title, note, children}: {readonly title: string; readonly note: string; readonly children: ComponentChildren}) {
  return <div class="card-small"><dt>{title}</dt><dd class="big">{children}</dd><dd class="small">{note}</dd></div>;
}
