import {percent, plural, time, wait} from '../base/format';
import {milliseconds} from '../base/units';
import {doneOf, stageOf} from '../state/progress';
import {isLive} from '../state/serverrun';
import type {Remote} from '../state/serverrun';
import {watchAddress} from '../state/link';
import {useStore} from '../state/store';
import {CopyLink} from './CopyLink';

/** Runs the same scenario on the server, or watches a run that is there. */
export function ServerPanel() {
  const store = useStore();
  const {server, editor, files} = store;
  const run = server.run.value;
  const live = isLive(run);
  const there = server.available.value;
  return (
    <section class="card server" aria-labelledby="server">
      <div class="figure-head">
        <h2 id="server">{run?.watching ? 'A run on the server' : 'Run on the server'}</h2>
        <div class="tools">
          {!run?.watching && <button type="button" disabled={there !== true || live} onClick={() => void server.start(editor.scenario.peek(), files)}>Run on server</button>}
          {live && !run?.watching && <button type="button" onClick={() => void server.cancel()}>Cancel</button>}
          {run?.id && !run.watching && <WatchLink id={run.id} />}
          {run?.watching && <button type="button" onClick={() => store.unwatch()}>{live ? 'Stop watching' : 'Open the playground'}</button>}
        </div>
      </div>
      {there === false && <p class="note">No server here: this page is served as files only. Everything above is computed in your browser and needs none.</p>}
      {there === true && !run && <p class="note">The same simulator streams the same run from the server; its digest must equal the one computed here. Others can watch it.</p>}
      <div aria-live="polite">{run && <Progress run={run} />}</div>
    </section>
  );
}

function WatchLink({id}: {readonly id: string}) {
  const {linker} = useStore();
  return <CopyLink label="Copy watch link" link={async () => watchAddress(await linker.address().catch(() => window.location.href), id)} />;
}

function Progress({run}: {readonly run: Remote}) {
  const p = run.progress;
  const done = p ? doneOf(p) : 0;
  return (
    <div class="remote">
      <p>
        <span class={`badge s-${run.state}`}>{run.state}</span>
        {run.id && <> run <code>{run.id}</code></>}
        {run.about && <span class="small"> {run.about}</span>}
        {run.lost && isLive(run) && <span class="small"> reconnecting…</span>}
      </p>
      {isLive(run) && <progress max={1} value={done} aria-label="Progress on the server">{percent(done)}</progress>}
      {p?.remaining_ms !== undefined && isLive(run) && <p class="small">About {wait(milliseconds(p.remaining_ms))} left.</p>}
      {p && stageOf(p) && isLive(run) && <p class="small">Simulating{stageOf(p)}.</p>}
      {run.partial && isLive(run) && <p class="small">So far {time(run.partial.latency_ps)} after {plural(run.partial.passes, 'pass', 'passes')} and {plural(run.partial.tokens, 'token')}.</p>}
      {run.note && <p class="field-error">{run.note}</p>}
      {run.failed && <p class="field-error">{run.failed.reason}</p>}
      {run.report && <Verdict run={run} />}
    </div>
  );
}

function Verdict({run}: {readonly run: Remote}) {
  const {outcome, server} = useStore();
  const report = run.report;
  const mine = outcome.value?.report;
  if (!report) return null;
  const result = `${report.strategy}: ${time(report.latency_ps)}. `;
  if (server.run.value?.watching && (!mine || mine.model !== report.model || mine.strategy !== report.strategy)) return <p>{result}Digest <code>{report.digest}</code></p>;
  const equal = mine?.digest === report.digest;
  return <p class={equal ? 'verdict-line good' : 'verdict-line'}>{result}{equal ? '✓ The digest equals the one computed in this page.' : 'The digest differs from what this page shows now: the scenario has changed since, or the engines differ.'}</p>;
}
