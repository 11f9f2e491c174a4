import {useId} from 'preact/hooks';
import {plain, resource} from '../../base/format';
import {labelled, rangeOf, ticksOf} from '../../base/scale';
import {goalOf, unitsOf, wrong} from '../../state/advise';
import type {Advising, GoalForm} from '../../state/advise';
import {useStore} from '../../state/store';
import {Metric} from '../../wire.gen';
import type {Inverse, InversePoint, Scenario} from '../../wire.gen';
import {Figure, Table} from '../Figure';
import {SelectField} from '../fields';
import {Plot, outline, path} from '../plot/Plot';
import type {Axis} from '../plot/Plot';
import {Progress, useStale} from './Advise';
import {metricText, metrics} from './words';

/** What may be varied; the engine knows the ranges. */
const quantities = [
  {value: 'machine.device.bandwidth_bytes_per_s', label: 'bandwidth of the memory device', needs: 'device'},
  {value: 'machine.device.ndp.arrays', label: 'MAC arrays of the memory device', needs: 'device'},
  {value: 'machine.device.count', label: 'memory devices', needs: 'device'},
  {value: 'machine.link.bandwidth_bytes_per_s', label: 'bandwidth of the link', needs: ''},
  {value: 'machine.gpu.memory_bytes', label: 'GPU memory', needs: ''},
  {value: 'machine.gpu.bandwidth_bytes_per_s', label: 'bandwidth of GPU memory', needs: ''},
  {value: 'machine.host.bandwidth_bytes_per_s', label: 'bandwidth of host memory', needs: ''},
  {value: 'strategy.cache_share', label: 'share of experts that GPU memory caches', needs: 'cache'},
];

/** A quantity to choose, or why it cannot be. */
function without({value, label, needs}: (typeof quantities)[number], {machine, strategy}: Scenario) {
  const why = needs === 'device' && machine.device.count === 0 ? 'needs a memory device' : needs === 'cache' && strategy.cache.name === 'none' ? 'the strategy has no cache' : '';
  return {value, label: why ? `${label} (${why})` : label, disabled: why !== ''};
}

/** The least of a quantity that reaches a goal, and the curve to it. */
export function InverseCard({advising}: {readonly advising: Advising}) {
  const found = advising.inverse.answer.value;
  const stale = useStale(advising.inverse, () => goalOf(advising.goal.value));
  return (
    <>
      <section class="card advise-ask" aria-labelledby="inverse-title">
        <h2 id="inverse-title">How much is enough?</h2>
        <p class="note">The least of one quantity with which the scenario as it is, with its own strategy, reaches a goal.</p>
        <GoalFields advising={advising} />
      </section>
      <Progress of={advising.inverse} what="the least value" />
      {found && (
        <div class={stale ? 'detail stale' : 'detail'}>
          {stale && <p class="status ask" role="status">This answer is of older values. Ask again for those that are set now.</p>}
          <Curve y={found.value} />
        </div>
      )}
    </>
  );
}

function GoalFields({advising}: {readonly advising: Advising}) {
  const {editor} = useStore();
  const id = useId();
  const form = advising.goal.value;
  const set = (some: Partial<GoalForm>) => (advising.goal.value = {...form, ...some});
  const ask = goalOf(form);
  const error = form.metric === 'fits' ? '' : wrong(form.target);
  const submit = (e: Event) => {
    e.preventDefault();
    if (ask) void advising.inverse.ask(editor.scenario.peek(), ask);
  };
  return (
    <form class="inverse-form" onSubmit={submit} aria-label="How much is enough">
      <SelectField label="Least" value={form.vary} options={quantities.map((q) => without(q, editor.scenario.value))} onPick={(vary) => set({vary})} />
      <SelectField label="so that" value={form.metric} options={Metric.map((m) => ({value: m, label: metrics[m]}))} onPick={(m) => set({metric: Metric.find((x) => x === m) ?? 'latency'})} />
      {form.metric === 'speedup' && <SelectField label="Strategy to compare with" value={form.over} options={editor.entries.map((e) => ({value: e.name, label: e.title}))} onPick={(over) => set({over})} />}
      {form.metric !== 'fits' && (
        <div class="field limit">
          <label for={id}>Goal <span class="unit">({unitsOf[form.metric].unit})</span></label>
          <input id={id} inputMode="decimal" autocomplete="off" value={form.target} aria-invalid={error !== ''} aria-describedby={error ? `${id}-error` : undefined} onInput={(e) => set({target: e.currentTarget.value})} />
          {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
        </div>
      )}
      <div class="row"><button type="submit" class="primary" disabled={!ask}>Find the least</button></div>
    </form>
  );
}

/** A value of the quantity as it is written: in one unit, which is that of the words. */
const valueText = (y: Inverse, v: number) => `${digits(y, v)} ${unitOf(y)}`.trimEnd();

const large = ({unit}: Inverse) => unit === 'B' || unit === 'B/s';
const unitOf = (y: Inverse) => (large(y) ? `G${y.unit}` : y.unit);

/** The number alone: two digits at least of what is below 1. */
function digits(y: Inverse, v: number): string {
  const shown = large(y) ? v / 1e9 : v;
  return plain(shown, shown < 1 ? 2 : 4);
}

/** The points that have a place on logarithmic axes. */
const drawable = (y: Inverse) => y.curve.filter((p) => p.value > 0 && p.metric > 0 && Number.isFinite(p.value) && Number.isFinite(p.metric));

function Curve({y}: {readonly y: Inverse}) {
  const curve = drawable(y);
  const axes = [axisOf(curve.map((p) => p.value), unitOf(y) ? `${y.title}, ${unitOf(y)}` : y.title, (v) => digits(y, v)), axisOf(curve.map((p) => p.metric), y.ask.metric, (v) => metricText(y.ask.metric, v))] as const;
  const answer = curve.find((p) => p.value === y.value);
  return (
    <Figure title={`${y.title}: ${answerText(y)}`} note={<Said y={y} />} table={() => <CurveTable y={y} />}>
      <Plot x={axes[0]} y={axes[1]} height={300} label={`${y.ask.metric} by ${y.title}. ${y.text.join(' ')}`}>
        {(f) => (
          <g aria-hidden="true">
            {y.ask.target !== undefined && inside(y.ask.target, axes[1]) && <line class="goal-line" x1={f.left} x2={f.right} y1={f.y(y.ask.target)} y2={f.y(y.ask.target)} />}
            <path class="curve-line" d={path(curve.map((p) => [f.x(p.value), f.y(p.metric)] as const))} />
            {curve.map((p) => <path key={p.value} class={p.meets ? 'curve-point meets' : 'curve-point'} d={outline(p.meets ? 'circle' : 'square', f.x(p.value), f.y(p.metric), 3)} />)}
            {answer && (
              <g class="answer">
                <line class="cursor" x1={f.x(answer.value)} x2={f.x(answer.value)} y1={f.top} y2={f.bottom} />
                <path d={outline('diamond', f.x(answer.value), f.y(answer.metric), 7)} />
              </g>
            )}
          </g>
        )}
      </Plot>
    </Figure>
  );
}

const inside = (v: number, {range}: Axis) => v > range.from && v < range.to;

function answerText(y: Inverse): string {
  if (y.outcome === 'never') return 'never reached';
  return y.outcome === 'already' ? 'reached already' : valueText(y, y.value);
}

function Said({y}: {readonly y: Inverse}) {
  return <span aria-live="polite">{y.text.join(' ')} {y.outcome !== 'never' && <a href={y.link}>Open the scenario of the answer</a>}</span>;
}

function axisOf(values: readonly number[], title: string, text: (v: number) => string): Axis {
  const {from, to} = rangeOf(values); // of those above 0: the axis is logarithmic
  const range = {from: from / 1.1, to: to * 1.1};
  return {range, ticks: labelled(ticksOf(range, 6), range, 0.12), text, title};
}

function CurveTable({y}: {readonly y: Inverse}) {
  const mark = (p: InversePoint) => (p.value === y.value ? (y.outcome === 'never' ? 'the best' : 'the least') : p.meets ? 'yes' : 'no');
  return (
    <Table
      caption={`${y.ask.metric} by ${y.title}`} rows={y.curve}
      columns={[
        {title: y.title, cell: (p) => valueText(y, p.value)},
        {title: y.ask.metric, cell: (p) => metricText(y.ask.metric, p.metric)},
        {title: 'Waits most for', text: true, cell: (p) => resource(p.binds)},
        {title: 'Reached', text: true, cell: mark},
      ]}
    />
  );
}
