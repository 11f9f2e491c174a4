import {useEffect, useState} from 'preact/hooks';
import {afterPaint, download} from '../../base/browser';
import {plural, wait} from '../../base/format';
import {milliseconds} from '../../base/units';
import {failedOf} from '../../engine/server';
import {commandOf, refusal} from '../../state/sweepform';
import type {Plan} from '../../state/sweepform';
import type {Sweeps} from '../../state/sweeps';
import {useStore} from '../../state/store';
import type {Field, Scenario} from '../../wire.gen';
import {Fold} from '../Figure';
import {Command} from './Command';

/** How long one run of the scenario takes natively, in milliseconds; 0 while nobody knows. It says at the controls what is wrong. */
function useEstimate(s: Scenario): number {
  const {spare, lens} = useStore();
  const [estimate, setEstimate] = useState(0);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      spare.resolve(s).then((r) => {
        if (left) return;
        setEstimate(r.estimate_ms);
        lens.errors.value = [];
      }, (e: unknown) => {
        if (left) return;
        setEstimate(0);
        lens.errors.value = failedOf(e).fields;
      });
    }, 200);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [s]);
  return estimate;
}

interface StartProps {
  readonly sweeps: Sweeps;
  readonly plan: Plan;
  readonly rest: readonly Field[]; // what was refused and no field shows
}

/** How many points, how long, and off they go. */
export function Start({sweeps, plan, rest}: StartProps) {
  const store = useStore();
  const {editor, files, lens, server} = store;
  const s = editor.scenario.value;
  const estimate = useEstimate(s);
  const broken = lens.errors.value.length > 0;
  const too = refusal(plan.points);
  const there = server.available.value === true;
  const start = async () => {
    const id = await sweeps.start(editor.scenario.peek(), plan.spec, files);
    if (id === null || lens.aim.peek().view !== 'sweep') return;
    lens.set({sweep: id}, 'pick');
    afterPaint(() => document.getElementById('sweep-status')?.focus()); // the button is folded away
  };
  return (
    <div class="sweep-start">
      <div class="start-line">
        {there && <button type="button" class="primary" disabled={plan.points === 0 || too !== '' || broken || sweeps.starting.value} onClick={() => void start()}>{sweeps.starting.value ? 'Starting…' : 'Start the sweep'}</button>}
        <p class="size" aria-live="polite">{sizeText(plan.points, estimate, broken)}</p>
      </div>
      {too && <p class="field-error">{too}</p>}
      <Refused sweeps={sweeps} rest={rest} />
      {there ? <Fold class="more" summary="The same on the command line">{() => <Same plan={plan} s={s} />}</Fold> : <Same plan={plan} s={s} />}
    </div>
  );
}

function sizeText(points: number, estimate: number, broken: boolean): string {
  if (broken) return 'The scenario itself has a mistake: see the marked value.';
  if (points === 0) return 'Mend the marked values first.';
  const time = estimate > 0 ? `, about ${wait(milliseconds(points * estimate))} on one core` : '';
  return `${plural(points, 'point')}${time}.`;
}

/** Why the server did not take it, where no field says it. */
function Refused({sweeps, rest}: Pick<StartProps, 'sweeps' | 'rest'>) {
  const failed = sweeps.refused.value;
  if (!failed) return null;
  return (
    <div class="status" role="alert">
      <p>{failed.reason}</p>
      {rest.length > 0 && <ul>{rest.map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>}
    </div>
  );
}

function Same({plan, s}: {readonly plan: Plan; readonly s: Scenario}) {
  if (plan.points === 0) return null;
  return (
    <div class="same">
      <Command text={commandOf(plan.spec)} />
      <p class="note">It reads the scenario from a file: <button type="button" class="plain" onClick={() => download('scenario.json', JSON.stringify(s, null, 2))}>save scenario.json</button></p>
    </div>
  );
}
