import {useMemo} from 'preact/hooks';
import {useComputed} from '@preact/signals';
import {fieldAt, fieldsOf} from '../../state/sweepfields';
import {goesOn, mostRows} from '../../state/sweeps';
import type {Sweeps} from '../../state/sweeps';
import {useStore} from '../../state/store';
import {plural} from '../../base/format';
import type {SweepState} from '../../wire.gen';
import {Best} from './Best';
import {Downloads} from './Downloads';
import {Picture} from './Picture';
import {Status} from './Status';

/** One sweep: how far it is, its picture, and its best points. */
export function Found({sweeps}: {readonly sweeps: Sweeps}) {
  const state = sweeps.current.value;
  const missing = sweeps.missing.value;
  const {lens} = useStore();
  if (!state) {
    return (
      <section class="status" role="status" aria-label="Sweep">
        <p>This sweep cannot be shown: {missing?.reason}</p>
        <div class="row"><button type="button" onClick={() => sweeps.again()}>Try again</button><button type="button" onClick={() => lens.set({sweep: ''}, 'pick')}>Close it</button></div>
      </section>
    );
  }
  return (
    <>
      <Status sweeps={sweeps} state={state} />
      <Results key={state.id} sweeps={sweeps} state={state} />
    </>
  );
}

function Results({sweeps, state}: {readonly sweeps: Sweeps; readonly state: SweepState}) {
  const {editor} = useStore();
  const rows = sweeps.rows.value;
  const fields = useMemo(() => {
    const all = fieldsOf(editor.catalog, editor.catalog.default);
    return state.sweep.axes.map((a) => fieldAt(all, a.path, editor.catalog.default));
  }, [state.id]);
  const some = useComputed(() => sweeps.rows.value.some((r) => r.result)).value;
  if (rows.length === 0) return goesOn(state) ? <p class="verdict plain">No point has come yet.</p> : state.done > 0 ? <p class="verdict plain">Fetching the points…</p> : null;
  return (
    <>
      {state.points > mostRows && <p class="note">The picture and the table hold the first {plural(mostRows, 'point')} of {plural(state.points, 'point')}; the files hold all.</p>}
      {some && <Picture state={state} rows={rows} fields={fields} />}
      {!some && <p class="verdict plain no">No point could be simulated{goesOn(state) ? ' so far' : ''}: {rows[0]?.failed}</p>}
      {some && <Best state={state} rows={rows} fields={fields} />}
      <Downloads state={state} />
    </>
  );
}
