import {count, percent, plural, short, wait} from '../../base/format';
import {milliseconds} from '../../base/units';
import {fieldAt, fieldsOf} from '../../state/sweepfields';
import {formOf} from '../../state/sweepform';
import {failures} from '../../state/sweepgrid';
import {goesOn} from '../../state/sweeps';
import type {Sweeps} from '../../state/sweeps';
import {useStore} from '../../state/store';
import type {SweepState} from '../../wire.gen';
import {CopyLink} from '../CopyLink';
import {variesOf} from './Recent';
import {stateTexts} from './words';

/** How far a sweep is, and what can be done with it. */
export function Status({sweeps, state}: {readonly sweeps: Sweeps; readonly state: SweepState}) {
  const store = useStore();
  const live = goesOn(state);
  const missing = sweeps.missing.value;
  return (
    <section class="card sweep-status" aria-labelledby="sweep-status">
      <div class="figure-head">
        <h2 id="sweep-status" tabIndex={-1}>{variesOf(state, store.editor.catalog)} <span class={`badge s-${state.state}`}>{stateTexts[state.state]}</span></h2>
        <div class="tools">
          {live && <button type="button" onClick={() => void sweeps.cancel()}>Cancel</button>}
          <CopyLink label="Copy link to it" link={() => store.address()} />
          <Edit sweeps={sweeps} state={state} />
          <button type="button" onClick={() => store.lens.set({sweep: ''}, 'pick')}>Close</button>
        </div>
      </div>
      <p class="note">{state.title && `“${state.title}”: `}{state.model} on {state.machine}, {state.strategy}. Sweep <code>{state.id}</code>, engine {state.engine}.</p>
      <Progress sweeps={sweeps} state={state} live={live} />
      {missing && live && <div class="status ask"><p>{missing.reason} The sweep itself goes on.</p><button type="button" onClick={() => sweeps.again()}>Connect again</button></div>}
      {sweeps.note.value && <p class="field-error">{sweeps.note.value}</p>}
      {state.state === 'failed' && <Failed state={state} />}
      {state.state === 'cancelled' && <p class="note">Cancelled. What came before stays.</p>}
    </section>
  );
}

interface ProgressProps {
  readonly sweeps: Sweeps;
  readonly state: SweepState;
  readonly live: boolean;
}

function Progress({sweeps, state, live}: ProgressProps) {
  const p = sweeps.progress.value;
  const rows = sweeps.rows.value;
  const done = Math.max(state.done, live ? Math.max(p?.done ?? 0, rows.length) : 0);
  const bad = Math.max(state.bad, failures(rows));
  const pace = [p?.rate ? `${short(p.rate)} points/s` : '', p?.remaining_ms !== undefined ? `${wait(milliseconds(p.remaining_ms))} left` : '', p?.workers ? plural(p.workers, 'worker') : ''].filter(Boolean);
  const facts = [`${count(done)} of ${plural(state.points, 'point')}`, ...(live ? pace : []), ...(bad > 0 ? [`${count(bad)} failed`] : []), ...(state.reused > 0 ? [`${count(state.reused)} known before`] : [])];
  const share = state.points > 0 ? done / state.points : 0;
  return (
    <div class="sweep-progress">
      {live && <progress max={1} value={share} aria-label="Progress of the sweep">{percent(share)}</progress>}
      <p>{live && <strong>{percent(share)} </strong>}{facts.join(' · ')}{sweeps.lost.value && live && <span class="badge bad">reconnecting…</span>}</p>
      <p class="sr" role="status">{live ? `${Math.floor(share * 10) * 10} percent of the sweep is done` : `The sweep is ${stateTexts[state.state]}`}</p>
    </div>
  );
}

function Failed({state}: {readonly state: SweepState}) {
  const failed = state.failed;
  return (
    <div class="status" role="status">
      <p>{failed?.reason || 'It failed, and the server does not say why.'}</p>
      <ul>{(failed?.fields ?? []).map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>
    </div>
  );
}

/** Takes a sweep's scenario and axes into the form, to ask for another like it. */
function Edit({sweeps, state}: {readonly sweeps: Sweeps; readonly state: SweepState}) {
  const {editor, spare, notices} = useStore();
  const take = async () => {
    try {
      const {full} = await spare.resolve(state.scenario);
      editor.replace(full, 'pick');
      const fields = fieldsOf(editor.catalog, full);
      sweeps.form.value = formOf(state.sweep, (path) => fieldAt(fields, path, full), full);
      sweeps.asking.value = true;
      document.getElementById('sweep-title')?.scrollIntoView({block: 'center'});
    } catch {
      notices.warn('The scenario of this sweep cannot be opened.');
    }
  };
  return <button type="button" onClick={() => void take()}>Start from it</button>;
}
