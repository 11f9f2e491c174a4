import {percent} from '../base/format';
import {useStore} from '../state/store';
import {Bars} from './Bars';
import {Cards} from './Cards';
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
  const stale = store.runner.stale.value && !watching;
  return (
    <main id="results" class="results" tabIndex={-1}>
      {watching && <ServerPanel />}
      {!watching && <Status />}
      {!watching && <Bars />}
      {!watching && store.server.available.value === true && <ServerPanel />}
      {report && (
        <div class={stale ? 'detail stale' : 'detail'}>
          <h2 class="detail-title">{report.strategy} <span>{report.model} on {report.machine}, {report.phase}, {report.fidelity}</span>{stale && <span class="badge bad">of the previous values</span>}</h2>
          <Cards report={report} />
          <Timeline report={report} />
          <HeatMap report={report} />
          <div class="pair"><Memory report={report} /><EnergyTable report={report} /></div>
          <Layers report={report} />
          <Trust report={report} />
        </div>
      )}
      {!watching && store.server.available.value === false && <ServerPanel />}
    </main>
  );
}

/** Progress of a long run, or what is wrong with the scenario. Its place is kept free. */
function Status() {
  const store = useStore();
  const id = useId();
  const {busy} = store.runner;
  const failed = store.outcome.value?.failed;
  const fields = store.errors.value;
  if (busy.value) {
    const p = busy.value.progress;
    const done = p && p.total > 0 ? p.done / p.total : undefined;
    return (
      <div class="status" aria-labelledby={id}>
        <span id={id}>Simulating {busy.value.title}{done === undefined ? '…' : ` ${percent(done)}`}</span>
        <progress max={1} {...(done === undefined ? {} : {value: done})} aria-labelledby={id} />
        <button type="button" onClick={() => store.runner.cancel()}>Cancel</button>
      </div>
    );
  }
  if (!failed) return <div class="status" />;
  return (
    <div class="status failed" role="status">
      <p>{failed.fields.length > 0 ? 'Some values cannot be simulated; they are marked. What is shown belongs to the last good ones.' : failed.reason}</p>
      {fields.length > 0 && <ul>{fields.map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>}
    </div>
  );
}
