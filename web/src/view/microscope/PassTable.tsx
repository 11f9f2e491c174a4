import {count, difference, plural, size, time} from '../../base/format';
import {picoseconds} from '../../base/units';
import {counts} from '../../state/passes';
import type {PassRow} from '../../state/passes';
import {usePart} from '../../state/store';
import {Table} from '../Figure';
import type {ScopeProps} from './Microscope';

/** Time for one expert with more and more tokens, against passes over its weights. */
export function PassTable({scope: {passes}}: ScopeProps) {
  const height = usePart((s) => s.machine.device.ndp.rows);
  const rows = passes.rows.value;
  const running = passes.running.value;
  return (
    <section class={passes.stale.value ? 'figure card stale' : 'figure card'} aria-labelledby="passes">
      <div class="figure-head">
        <h2 id="passes">More tokens, more passes</h2>
        <div class="tools">
          {running && <button type="button" onClick={() => passes.stop()}>Stop</button>}
          {!running && <button type="button" onClick={() => void passes.run()}>{rows.length > 0 ? 'Run again' : `Run ${counts.length} experts`}</button>}
        </div>
      </div>
      <p class="note">
        An array takes {plural(height, 'token')} at once, so with tokens outer an expert for t tokens streams its weights ⌈t/{height}⌉ times, and {count(height)} tokens cost what one does.
        Each row is a run of its own, clock by clock.
      </p>
      {running && <progress max={counts.length} value={rows.length} aria-label={`${rows.length} of ${counts.length} experts are done`} />}
      <p class="sr" role="status">{running ? '' : rows.length === counts.length ? 'All experts are done.' : ''}</p>
      {passes.failed.value && <p class="field-error">{passes.failed.value.reason}</p>}
      {passes.stale.value && !running && <p><span class="badge bad">of the previous values</span></p>}
      {rows.length > 0 && <Rows rows={rows} height={height} />}
    </section>
  );
}

function Rows({rows, height}: {readonly rows: readonly PassRow[]; readonly height: number}) {
  return (
    <Table
      caption="Time per expert" rows={rows}
      columns={[
        {title: 'Tokens', cell: (r) => count(r.tokens)},
        {title: `Passes ⌈t/${height}⌉`, cell: (r) => count(Math.ceil(r.tokens / height))},
        {title: 'Clock by clock', cell: (r) => time(r.time)},
        {title: 'Closed form', cell: (r) => time(r.closed)},
        {title: 'Off by', cell: (r) => difference(r.closed, r.time)},
        {title: 'A token', cell: (r) => time(picoseconds(Math.round(r.time / r.tokens)))},
        {title: 'Weights streamed', cell: (r) => size(r.weights)},
      ]}
    />
  );
}
