import '/css/plot.css';
import '/css/advise.css';
import {useEffect} from 'preact/hooks';
import {useComputed} from '@preact/signals';
import {percent, plural} from '../../base/format';
import {Advising, askOf, keyOf} from '../../state/advise';
import type {Search, Seeker} from '../../state/advise';
import {doneOf} from '../../state/progress';
import {useStore} from '../../state/store';
import type {Advice} from '../../wire.gen';
import {Controls} from '../Controls';
import {Fold} from '../Figure';
import {AdviceFields} from './AdviceFields';
import {Candidates} from './Candidates';
import {Front} from './Front';
import {InverseCard} from './InverseCard';

/** Which strategy suits the model, the machine and the workload, and what a goal needs. */
export function AdviseView() {
  const store = useStore();
  const advising = (store.advising ??= new Advising(store.searcher, (s) => store.files.prepare(s)));
  useEffect(() => () => {
    advising.advice.cancel();
    advising.inverse.cancel();
  }, [advising]);
  return (
    <>
      <Controls folded />
      <main id="results" class="results advise" tabIndex={-1}>
        <section class="card advise-ask" aria-labelledby="advise-title">
          <h2 id="advise-title">What should I do with this model, machine and workload?</h2>
          <p class="note">Every strategy with its parameters, within your limits: in closed form first, then the best as discrete events. Differences within the error that validation found are no differences.</p>
          <AdviceFields advising={advising} />
        </section>
        <Progress of={advising.advice} what="advice" />
        <Found advising={advising} />
        <InverseCard advising={advising} />
      </main>
    </>
  );
}

/** Whether an answer is of other values than those that are set and asked for, or the newest ask had none. */
export function useStale<Ask, T>(seeker: Seeker<Ask, T>, ask: () => Ask | null): boolean {
  const {editor} = useStore();
  const stale = useComputed(() => seeker.phase.value.kind === 'failed' || seeker.answer.value?.key !== keyOf(editor.scenario.value, ask())).value;
  return seeker.answer.value !== null && stale;
}

/** How far a search is, or why it has no answer. */
export function Progress<Ask, T>({of, what}: {readonly of: Seeker<Ask, T>; readonly what: string}) {
  const phase = of.phase.value;
  if (phase.kind === 'rest') return null;
  if (phase.kind === 'busy') return <Busy phase={phase} what={what} cancel={() => of.cancel()} />;
  if (phase.kind === 'cancelled') return <div class="status ask" role="status"><p>Cancelled{of.answer.value ? '. What is shown is the last answer.' : '.'}</p></div>;
  const {fields, reason} = phase.failed;
  return (
    <div class="status" role="status">
      <p>{fields.length > 0 ? 'This cannot be searched:' : reason}</p>
      <ul>{fields.map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>
    </div>
  );
}

function Busy({phase: {progress}, what, cancel}: {readonly phase: Extract<Search, {kind: 'busy'}>; readonly what: string; readonly cancel: () => void}) {
  const text = progress ? `Searching for ${what}: run ${progress.done} of about ${progress.total}, ${percent(doneOf(progress))}` : `Loading what searches for ${what}…`;
  return (
    <section class="busy" aria-label={`Search for ${what}`}>
      <span>{text}</span>
      <progress max={1} {...(progress ? {value: doneOf(progress)} : {})} aria-label={`Search for ${what}`} />
      <button type="button" onClick={cancel}>Cancel</button>
    </section>
  );
}

function Found({advising}: {readonly advising: Advising}) {
  const found = advising.advice.answer.value;
  const stale = useStale(advising.advice, () => askOf(advising.form.value));
  if (!found) return advising.advice.phase.value.kind === 'busy' ? null : <p class="verdict plain">No advice yet: set the limits, and ask.</p>;
  const {value} = found;
  return (
    <div class={stale ? 'detail stale' : 'detail'}>
      {stale && <p class="status ask" role="status">This advice is of older values. Ask again for those that are set now.</p>}
      <section class="card" aria-labelledby="why">
        <h2 id="why">{value.rows.length > 0 ? 'Why the first is first' : 'Nothing is left'}</h2>
        <ul class="why" aria-live="polite">{value.why.map((line) => <li key={line}>{line}</li>)}</ul>
      </section>
      {value.rows.length > 0 && <Candidates advice={value} />}
      {value.rows.length > 1 && <Front rows={value.rows} />}
      <LeftOut advice={value} />
    </div>
  );
}

function LeftOut({advice: {left}}: {readonly advice: Advice}) {
  const all = left.reduce((n, l) => n + l.titles.length, 0);
  if (all === 0) return null;
  return (
    <Fold class="card" summary={`${plural(all, 'candidate')} left out, and why`}>
      {() => (
        <dl class="left-out">
          {left.map((l) => <div key={l.reason}><dt>{l.reason} ({l.titles.length})</dt><dd>{l.titles.join('; ')}</dd></div>)}
        </dl>
      )}
    </Fold>
  );
}
