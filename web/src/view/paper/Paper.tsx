import '/css/paper.css';
import {computed} from '@preact/signals';
import {useEffect, useMemo} from 'preact/hooks';
import {percent, plural, ratio, wait} from '../../base/format';
import {Bench} from '../../state/bench';
import {deviceless, likest} from '../../state/look';
import {axes, axisPlan, baseOf, basisOf, batchPlan, changesOf, general, mostOf, skews, subjectsOf} from '../../state/paper';
import type {Plan} from '../../state/paper';
import {usePart, useStore} from '../../state/store';
import type {Store} from '../../state/store';
import {Fold} from '../Figure';
import {OpenTable} from './OpenTable';
import {PaperControls} from './PaperControls';
import {SpeedUps} from './SpeedUps';

/** The paper's machine and models, what it leaves open, and what follows from that. */
export function PaperView() {
  const store = useStore();
  const {bench, plans} = useMemo(() => made(store), [store]);
  const none = usePart(deviceless);
  useEffect(() => (none ? undefined : bench.follow()), [bench, none]);
  return (
    <>
      {!none && <PaperControls />}
      <main id="results" class={none ? 'results alone' : 'results'} tabIndex={-1}>
        {none ? <OtherMachine /> : <Body bench={bench} plans={plans.value} />}
      </main>
    </>
  );
}

/** What lives as long as the page. */
const kept = new WeakMap<Store, ReturnType<typeof make>>();

function made(store: Store): ReturnType<typeof make> {
  const known = kept.get(store) ?? make(store);
  kept.set(store, known);
  return known;
}

function make({editor, lens, spare}: Store) {
  const subjects = subjectsOf(editor.catalog);
  const batches = computed(() => lens.aim.value.batches);
  const plans = computed<readonly Plan[]>(() => {
    const basis = basisOf(editor.scenario.value, editor.catalog.default);
    return [batchPlan(basis, subjects, batches.value), ...axes.map((a) => axisPlan(basis, subjects, a))];
  });
  return {bench: new Bench(editor, lens, spare, plans), plans};
}

interface BodyProps {
  readonly bench: Bench;
  readonly plans: readonly Plan[];
}

const titles: Readonly<Record<string, readonly [title: string, note: string]>> = {
  bandwidth: ['Bandwidth of the device', 'Half, as it is, and double: more helps until a pass over the weights waits for the arrays instead.'],
  devices: ['Number of devices', 'Alike, behind the same link; experts take turns on them, so memory and arrays grow together.'],
  experts: ['Number of experts', 'The same model with fewer or more experts a block, each as large as before. Measured popularity is stretched to other numbers.'],
  width: ['Width of an expert', 'The inner size of every expert, d_ff, times a factor: weights grow with it, activations do not.'],
};

function Body({bench, plans: [main, ...others]}: BodyProps) {
  const loads = usePart((s) => s.workload.batch);
  return (
    <>
      <Headline bench={bench} plan={main} />
      <Status bench={bench} />
      <Busy bench={bench} />
      <Defaults />
      {main && <SpeedUps bench={bench} plan={main} title="Speed-up over GPU+PM, by batch" note={<>From 1 ×, on a logarithmic axis: longer to the right is faster than GPU+PM, to the left slower. The line with ends below a bar is the band over plausible skews of routing, which are listed further down. Every bar is a link to its scenario.</>} />}
      <Routing bench={bench} plan={main} />
      {others.map((p) => <SpeedUps key={p.id} bench={bench} plan={p} title={titles[p.id]?.[0] ?? p.id} note={`${titles[p.id]?.[1] ?? ''} Speed-up over GPU+PM at batch ${loads}.`} />)}
      <OpenTable />
    </>
  );
}

/** What is predicted, and the one thing that is published here. */
function Headline({bench, plan}: {readonly bench: Bench; readonly plan: Plan | undefined}) {
  const half = (phase: string) => mostOf(bench.cells.value, plan?.panels.filter((p) => p.subject.phase === phase) ?? [], 'MD+LB');
  const [encoder, decoder] = [half('encoder'), half('decoder')];
  return (
    <>
      <p class="verdict plain" aria-live="polite">
        {encoder === null || decoder === null ? 'Simulating the paper’s machine…' : `Predicted here: MD+LB is up to ${ratio(encoder)} as fast as GPU+PM in the encoder, and up to ${ratio(decoder)} in the decoder.`}
      </p>
      <section class="card claim" aria-labelledby="claim">
        <h2 id="claim">What is published, and what is not</h2>
        <p>
          The paper, <a href="https://doi.org/10.1145/3649329.3655951">MoNDE (DAC 2024)</a>, reports <strong>up to 7.5× in the encoder and 3.7× in the decoder</strong> over GPU+PM. Nothing else here is published:
          the figures ask what its figures 6 to 10 ask, and were made from the documented defaults on this page before they were compared with the paper. What differs was not tuned away.
        </p>
        <p class="warn-line"><strong>Simulated only.</strong> No NDP expert execution has been measured anywhere, by the paper or by anyone else.</p>
      </section>
    </>
  );
}

/** Whether everything is as documented. */
function Defaults() {
  const {editor} = useStore();
  const changed = usePart((s) => changesOf(s, editor.catalog.default).join('|')).split('|').filter(Boolean);
  if (changed.length === 0) return <p class="status ask defaults"><span>Every value is its documented default.</span></p>;
  return (
    <div class="status ask defaults">
      <p>{plural(changed.length, 'value differs', 'values differ')} from the documented defaults: {changed.slice(0, 6).map((c, i) => <>{i > 0 && ', '}<code key={c}>{c}</code></>)}{changed.length > 6 && ' and more'}.</p>
      <button type="button" onClick={() => editor.replace(editor.catalog.default, 'pick')}>Back to the defaults</button>
    </div>
  );
}

/** What the runs assume about routing. */
function Routing({bench, plan}: {readonly bench: Bench; readonly plan: Plan | undefined}) {
  const own = usePart((s) => general(s.workload.routing));
  const cycle = usePart((s) => s.fidelity === 'cycle');
  const texts = (plan?.panels ?? []).flatMap(({subject, points: [first]}) => (first ? [[subject.name, baseOf(bench.cells.value, first)?.routing ?? ''] as const] : []));
  return (
    <section class="card routing-card" aria-labelledby="routing">
      <h2 id="routing">Routing, which nobody has published</h2>
      <p>Which experts the tokens of Switch-Large and NLLB-MoE go to is not public, and least of all in decoders. Bars assume what the control says{own ? '' : ' (a trace or counts of another model are set aside for the default)'}; bands show what else is plausible{cycle ? ', but not at fidelity “cycle”, where they would take too long' : ''}:</p>
      <ul class="warnings">{skews.map((s) => <li key={s.name}><strong>{s.name}</strong>: {s.why}</li>)}</ul>
      <Fold summary="What the bars assume">{() => <ul class="warnings small">{texts.map(([name, text]) => <li key={name}><strong>{name}</strong>: {text || 'not simulated yet'}</li>)}</ul>}</Fold>
    </section>
  );
}

/** What is wrong, or why nothing runs. */
function Status({bench}: {readonly bench: Bench}) {
  const {errors} = useStore();
  const state = bench.state.value;
  if (state.kind === 'failed') {
    return (
      <div class="status" role="status">
        <p>{errors.value.length > 0 ? 'The engine refuses some values. Bars that are shown belong to good ones.' : state.failed.reason}</p>
        <ul>{errors.value.map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>
      </div>
    );
  }
  if (state.kind !== 'held' && state.kind !== 'cancelled') return null;
  return (
    <div class="status ask" role="status">
      <p>{state.kind === 'held' ? `The ${plural(state.runs, 'run')} of what is in sight take about ${wait(state.cost)}.` : 'Cancelled; bars without a value were not simulated.'}</p>
      <button type="button" onClick={() => bench.again()}>{state.kind === 'held' ? 'Run' : 'Run the rest'}</button>
    </div>
  );
}

function Busy({bench}: {readonly bench: Bench}) {
  const state = bench.state.value;
  if (!bench.busy.value || state.kind !== 'running') return null;
  const done = state.done / Math.max(1, state.total);
  return (
    <section class="busy" aria-label="Simulation">
      <span id="benching">Run {Math.min(state.done + 1, state.total)} of {state.total}, {percent(done)}</span>
      <progress max={1} value={done} aria-labelledby="benching" />
      <button type="button" onClick={() => bench.cancel()}>Cancel</button>
    </section>
  );
}

/** A machine without a device has none of the figures. */
function OtherMachine() {
  const {editor, lens} = useStore();
  const machine = usePart((s) => s.machine);
  const other = likest(editor.catalog, machine);
  return (
    <section class="card none" aria-labelledby="none">
      <h2 id="none">This machine has no MoNDE device</h2>
      <p>The paper’s figures compare a memory device with a GPU that fetches weights. {machine.name || 'The machine'} has no such device.</p>
      <div class="row start">
        <button type="button" class="primary" onClick={() => editor.replace(editor.catalog.default, 'pick')}>Take the paper’s machine</button>
        {other && other.name !== editor.catalog.default.machine.name && <button type="button" onClick={() => editor.pickMachine(other)}>Take {other.title}</button>}
        <button type="button" onClick={() => lens.set({view: 'strategies'}, 'pick')}>Back to the strategies</button>
      </div>
    </section>
  );
}
