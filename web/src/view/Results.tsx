import {percent, wait} from '../base/format';
import {doneOf, loading, stageOf, unloadable} from '../state/progress';
import {usePart, useStore} from '../state/store';
import {Badges} from './Badges';
import {Bars} from './Bars';
import {Cards} from './Cards';
import {Fidelities, Resources} from './Fidelities';
import {EnergyTable, Layers, Memory, Trust} from './Details';
import {HeatMap} from './HeatMap';
import {ServerPanel} from './ServerPanel';
import {Timeline} from './Timeline';
import {useId} from 'preact/hooks';

/** What came out: the comparison first, then the selected strategy in detail. */
export function Results() {
  const store = useStore();
  const report = store.shown.value;
  const watching = store.server.run.value?.watching;
  const own = usePart((s) => s.title);
  const title = watching ? report?.title : own;
  const stale = store.runner.stale.value && !watching;
  const ran = watching ? undefined : store.detail.value?.ran;
  return (
    <main id="results" class="results" tabIndex={-1}>
      {watching && <ServerPanel />}
      {!watching && <Status />}
      {!watching && <BusyLine />}
      {!watching && <Bars />}
      {!watching && store.server.available.value === true && <ServerPanel />}
      {report && (
        <div class={stale ? 'detail stale' : 'detail'}>
          <h2 class="detail-title">{report.strategy}{ran?.mark}<Badges of={ran?.badges ?? []} /> <span>{title && `“${title}”: `}{report.model} on {report.machine}, {report.phase}, {report.fidelity}</span>{stale && <span class="badge bad">of the previous values</span>}</h2>
          <Cards report={report} />
          <Fidelities report={report} />
          <Timeline report={report} />
          <HeatMap report={report} />
          <div class="pair"><Memory report={report} /><EnergyTable report={report} /></div>
          <Resources report={report} />
          <Layers report={report} />
          <Trust report={report} />
        </div>
      )}
      {!watching && store.server.available.value === false && <ServerPanel />}
    </main>
  );
}

/** What is wrong with the scenario, or why nothing runs. */
export function Status() {
  const {outcome, errors, runner} = useStore();
  const failed = outcome.value?.failed;
  const unloaded = [...runner.outcomes.value.values()].some((o) => o.failed?.reason === unloadable);
  if ((failed || unloaded) && !runner.pause.value) {
    const known = failed && failed.fields.length > 0;
    return (
      <div class="status" role="status">
        <p>{known ? 'Some values cannot be simulated. What is shown belongs to the last good ones.' : (failed?.reason ?? unloadable)}</p>
        {!known && <button type="button" onClick={() => runner.again()}>Retry</button>}
        <ul>{errors.value.map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>
      </div>
    );
  }
  const pause = runner.pause.value;
  if (!pause) return null;
  return (
    <div class="status ask" role="status">
      <p>{pause.kind === 'held' ? `This takes about ${wait(pause.cost)}.` : 'Cancelled.'} {outcome.value?.report ? (runner.stale.value ? 'What is shown belongs to older values.' : 'Not every strategy was simulated.') : 'Nothing has been simulated yet.'}</p>
      <button type="button" onClick={() => runner.again()}>{pause.kind === 'held' ? 'Run' : 'Run again'}</button>
    </div>
  );
}

/** Progress of a run that takes long enough to show. */
export function BusyLine() {
  const {runner} = useStore();
  const id = useId();
  const busy = runner.busy.value;
  if (!busy) return null;
  const p = busy.progress;
  const done = p && p.total > 0 ? doneOf(p) : undefined;
  return (
    <section class="busy" aria-label="Simulation">
      <span id={id}>{loading.value ? 'Loading the larger simulator' : `Simulating ${busy.title}`}{loading.value ? '…' : done === undefined ? '…' : ` ${percent(done)}`}{p && stageOf(p)}</span>
      <progress max={1} {...(done === undefined ? {} : {value: done})} aria-labelledby={id} />
      <button type="button" onClick={() => runner.cancel()}>Cancel</button>
    </section>
  );
}
