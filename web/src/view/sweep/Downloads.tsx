import {resultsAddress} from '../../engine/sweeps';
import {goesOn} from '../../state/sweeps';
import type {SweepState} from '../../wire.gen';

const formats = [['csv', 'CSV', 'for spreadsheets'], ['jsonl', 'JSON Lines', 'a point a line'], ['parquet', 'Parquet', 'for data frames']] as const;

/** Every point, as a file. */
export function Downloads({state}: {readonly state: SweepState}) {
  return (
    <section class="card sweep-files" aria-labelledby="files">
      <h2 id="files">Every point, as a file</h2>
      <p class="row">{formats.map(([format, name, what]) => <a key={format} class="button" href={resultsAddress(state.id, format)} download={`sweep-${state.id}.${format}`}>{name} <span class="small">{what}</span></a>)}</p>
      {goesOn(state) && <p class="note">The sweep goes on: a file holds the points that there are.</p>}
    </section>
  );
}
