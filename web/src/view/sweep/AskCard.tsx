import {useComputed} from '@preact/signals';
import {useEffect, useMemo} from 'preact/hooks';
import {aboutOf} from '../../state/sweeppoint';
import {placed} from '../../state/sweeperrors';
import {fieldAt, fieldsOf} from '../../state/sweepfields';
import type {SweepField} from '../../state/sweepfields';
import {axisFor, drawn, mostAxes, planOf} from '../../state/sweepform';
import type {AxisForm, SweepForm} from '../../state/sweepform';
import {presetForm, presets} from '../../state/sweeppresets';
import type {Preset} from '../../state/sweeppresets';
import type {Sweeps} from '../../state/sweeps';
import {useStore} from '../../state/store';
import {SweepMethod} from '../../wire.gen';
import type {Scenario} from '../../wire.gen';
import {SelectField} from '../fields';
import {AxisEditor} from './AxisEditor';
import {Entry} from './Entry';
import {Start} from './Start';
import {methodTexts} from './words';

/** What varies, how points are chosen, and how many they are. */
export function AskCard({sweeps}: {readonly sweeps: Sweeps}) {
  const {editor} = useStore();
  const s = editor.scenario.value;
  const fields = useMemo(() => fieldsOf(editor.catalog, s), [s]);
  const field = (path: string) => fieldAt(fields, path, s);
  const first = useMemo(() => presetForm(presets[0]!, s, field), []);
  const form = sweeps.form.value ?? first;
  const plan = planOf(form, field);
  const refused = useComputed(() => placed(sweeps.refused.value)).value;
  useRefusedScenario(refused.scenario);
  const set = (some: Partial<SweepForm>) => {
    sweeps.form.value = {...form, ...some};
    sweeps.refused.value = null;
  };
  const wrong = (key: string) => plan.wrong.get(key) ?? refused.form.get(key) ?? '';
  const submit = (e: Event) => e.preventDefault();
  return (
    <details class="card sweep-ask" open={sweeps.asking.value} onToggle={(e) => (sweeps.asking.value = e.currentTarget.open)}>
      <summary><h2 id="sweep-title">{sweeps.current.value ? 'Start another sweep' : 'Which values, all at once?'}</h2></summary>
      <p class="note">Everything that is not varied stays as it is set now: {aboutOf(s)}.</p>
      <form class="sweep-form" onSubmit={submit} aria-label="Sweep">
        <Presets s={s} take={(p) => set(presetForm(p, s, field))} />
        <ol class="axes">
          {form.axes.map((a, i) => (
            <AxisEditor
              key={a.key} n={i} axis={a} field={field(a.path)} fields={fields} method={form.method} wrong={(part) => wrong(`axes[${i}].${part}`)}
              onSet={(some) => set({axes: form.axes.map((o) => (o.key === a.key ? {...o, ...some} : o))})}
              onField={(path) => set({axes: form.axes.map((o) => (o.key === a.key ? {...axisFor(field(path), s), key: o.key} : o))})}
              {...(form.axes.length > 1 ? {onRemove: () => set({axes: form.axes.filter((o) => o.key !== a.key)})} : {})}
            />
          ))}
        </ol>
        {form.axes.length < mostAxes && <button type="button" class="add-axis" onClick={() => set({axes: [...form.axes, another(fields, form.axes, s)]})}>Vary something else too</button>}
        <Method form={form} wrong={wrong} set={set} />
        <Start sweeps={sweeps} plan={plan} rest={[...refused.rest, ...(!drawn(form.method) && refused.form.has('points') ? [{path: 'points', reason: wrong('points')}] : [])]} />
      </form>
    </details>
  );
}

/** An axis that no other axis is: what people change first. */
function another(fields: readonly SweepField[], axes: readonly AxisForm[], s: Scenario): AxisForm {
  const usual = ['workload.batch', 'machine.link.bandwidth_bytes_per_s', 'strategy.name', 'workload.input_tokens', 'machine.gpu.memory_bytes'];
  const path = usual.find((p) => axes.every((a) => a.path !== p)) ?? 'seed';
  return axisFor(fieldAt(fields, path, s), s);
}

/** Says at the controls what the server refuses of the scenario. */
function useRefusedScenario(fields: readonly {readonly path: string; readonly reason: string}[]): void {
  const {lens} = useStore();
  useEffect(() => void (fields.length > 0 && (lens.errors.value = fields)), [fields]);
}

function Presets({s, take}: {readonly s: Scenario; readonly take: (p: Preset) => void}) {
  return (
    <fieldset class="ready-made">
      <legend>Ready-made</legend>
      <div class="ready-list">
        {presets.map((p) => {
          const lack = p.lacks(s);
          return <button key={p.name} type="button" disabled={lack !== ''} onClick={() => take(p)}><strong>{p.name}</strong> <span class="small">{lack || p.text}</span></button>;
        })}
      </div>
    </fieldset>
  );
}

interface MethodProps {
  readonly form: SweepForm;
  readonly wrong: (key: string) => string;
  readonly set: (some: Partial<SweepForm>) => void;
}

function Method({form, wrong, set}: MethodProps) {
  const pick = (m: string) => set({method: SweepMethod.find((x) => x === m) ?? 'grid'});
  return (
    <div class="sweep-method">
      <div>
        <SelectField label="Points are" value={form.method} options={SweepMethod.map((m) => ({value: m, label: methodTexts[m]}))} onPick={pick} />
        {wrong('method') && <p class="field-error">{wrong('method')}</p>}
      </div>
      {drawn(form.method) && <Entry label="Points" value={form.points} error={wrong('points')} onType={(points) => set({points})} />}
      {drawn(form.method) && <Entry label="Seed" value={form.seed} error={wrong('seed')} hint="the same one draws the same points" onType={(seed) => set({seed})} />}
    </div>
  );
}
