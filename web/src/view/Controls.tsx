import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';
import * as controls from '../state/controls';
import {phasesOf} from '../state/editor';
import type {PartKey} from '../state/editor';
import {usePart, useStore} from '../state/store';
import {count, plural} from '../base/format';
import {reasonOf} from '../base/browser';
import {same} from '../base/path';
import {Fidelity, KvAllocator, QuantName, WorkloadScope} from '../wire.gen';
import type {Choice, ModelSpec, Short, WorkloadPhase} from '../wire.gen';
import {FileField, NumberFields, SelectField, TextField} from './fields';
import {RoutingFields} from './RoutingFields';
import {StrategyFields} from './StrategyFields';

/** On a phone only the first groups are open, so that results stay near. */
export const narrow = () => matchMedia('(max-width: 60rem)').matches;

/** Everything that a user may set. On a phone a view whose results all come below them has them folded. */
export function Controls({folded = false}: {readonly folded?: boolean}) {
  const first = !folded || !narrow();
  const store = useStore();
  const {editor, files} = store;
  return (
    <form class="controls" aria-label="Scenario" onSubmit={(e) => e.preventDefault()}>
      <div class="group first">
        <SelectField label="Start from an example" value="" options={[{value: '', label: 'Choose…'}, ...options(editor.catalog.scenarios)]} onPick={(name) => files.example(name)} />
        <div class="row">
          <button type="button" onClick={() => editor.reset()}>Reset</button>
          <FileField label="Open file…" accept=".json,.csv,.jsonl,.ndjson,.bin,.gz,.txt" onTake={(f) => void files.take(f)} />
        </div>
      </div>
      <Group title="Model and workload" open={first}><ModelFields /><NumberFields rows={controls.workload} /></Group>
      <Group title="Machine" open={first}><MachineFields /></Group>
      <Group title="Strategies" open={!narrow()}><StrategyFields /></Group>
      <Group title="Routing" open={!narrow()}><RoutingFields /></Group>
      <Group title="Run" open={!narrow()}><RunFields /></Group>
    </form>
  );
}

/** A group of controls that folds. */
export function Group({title, open, children}: {readonly title: string; readonly open: boolean; readonly children: ComponentChildren}) {
  const [initially] = useState(open); // afterwards it is the user's
  return (
    <details class="group" open={initially}>
      <summary><h2>{title}</h2></summary>
      <div class="fields">{children}</div>
    </details>
  );
}

const options = (choices: readonly Choice[]) => choices.map((c) => ({value: c.name, label: c.title}));

/** The choice that a part of the scenario stands for, changed or not. */
function chosen<T>(choices: readonly Choice<T>[], part: {readonly name: string}) {
  const choice = choices.find((c) => c.name === part.name);
  return {choice, changed: choice === undefined || !same(choice.value, part)};
}

/** The presets, and the present value where it is none of them. */
function presetOptions(choices: readonly Choice[], name: string) {
  const all = options(choices);
  return choices.some((c) => c.name === name) ? all : [{value: name, label: name || 'My own'}, ...all];
}

const phaseNames: Readonly<Record<WorkloadPhase, string>> = {
  encoder: 'Encoder: one pass over the input',
  decoder: 'Decoder: one token a step',
  prefill: 'Prefill: one pass over the input',
  decode: 'Decode: one token a step',
  generate: 'Generate: input pass, then steps',
};

const scopeNames: Readonly<Record<WorkloadScope, string>> = {
  model: 'The whole model',
  moe_layer: 'The experts of one MoE block',
  expert: 'All tokens through one expert',
  attention: 'The attention of one block',
  transfer: 'One expert’s weights over the link',
};

/** Which model. */
export function ModelField() {
  const {editor} = useStore();
  const model = usePart((s) => s.model);
  const {models} = editor.catalog;
  const pick = (name: string) => editor.pickModel(models.find((c) => c.name === name));
  return <SelectField label="Model" path="model" value={model.name} options={presetOptions(models, model.name)} hint={shape(model)} onPick={pick} />;
}

const formats: Readonly<Record<QuantName, string>> = {
  bf16: 'bf16', fp16: 'fp16', fp32: 'fp32', int8: 'int8', int4: 'int4', int3: 'int3', int2: 'int2', marlin: 'MARLIN: int4 for tensor cores', qmoe: 'QMoE: below one bit',
};

const allocators: Readonly<Record<KvAllocator, string>> = {
  static: 'Static: the longest sequence, for each', paged: 'Paged: blocks, out of a pool', vtensor: 'vTensor: chunks, mapped when needed',
};

/** What experts' weights are written in; the engine knows how many bits that takes. */
function FormatField() {
  const {editor, spare, notices} = useStore();
  const format = usePart((s) => s.model.expert_format?.name ?? '');
  const pick = async (name: string) => {
    const s = editor.scenario.peek();
    const {expert_format: _, expert_bits: own, ...model} = s.model;
    if (name === '') return editor.replace({...s, model: {...model, expert_bits: editor.catalog.models.find((m) => m.name === model.name)?.value.expert_bits ?? own}}, 'pick');
    try {
      const {full} = await spare.resolve({...s, model: {...model, expert_format: {name}}} as unknown as Short);
      if (editor.scenario.peek() === s) editor.replace(full, 'pick');
    } catch (e) {
      notices.warn(`${name}: ${reasonOf(e)}`);
    }
  };
  return <SelectField label="Format of experts" path="model.expert_format" value={format} options={[{value: '', label: 'As the model’s bits say'}, ...QuantName.map((n) => ({value: n, label: formats[n]}))]} onPick={(n) => void pick(n)} />;
}

function ModelFields() {
  const {editor} = useStore();
  const model = usePart((s) => s.model);
  const phase = usePart((s) => s.workload.phase);
  const scope = usePart((s) => s.workload.scope);
  const allocator = usePart((s) => s.kv?.allocator ?? '');
  return (
    <>
      <ModelField />
      <SelectField
        label="Phase" path="workload.phase" value={phase}
        options={phasesOf(model).map((p) => ({value: p, label: phaseNames[p]}))}
        onPick={(p) => editor.set('workload.phase', p, 'pick')}
      />
      <SelectField
        label="Scope" path="workload.scope" value={scope} options={WorkloadScope.map((s) => ({value: s, label: scopeNames[s]}))}
        onPick={(s) => editor.set('workload.scope', s, 'pick')}
      />
      <FormatField />
      <SelectField
        label="Key-value cache" path="kv" value={allocator} options={[{value: '', label: 'As many bytes as it has'}, ...KvAllocator.map((a) => ({value: a, label: allocators[a]}))]}
        onPick={(a) => editor.set('kv', a ? {allocator: a} : undefined, 'pick')}
      />
    </>
  );
}

const shape = (m: ModelSpec) =>
  `${plural(m.experts, 'expert')} of ${count(m.d_model)} × ${count(m.expert_ff)} a MoE block, top-${m.top_k}, ${m.expert_bits} bits a weight`;

/** Which machine, and the way back to its preset. */
export function MachineField() {
  const {editor} = useStore();
  const machine = usePart((s) => s.machine);
  const {machines} = editor.catalog;
  const {choice, changed} = chosen(machines, machine);
  const pick = (name: string) => editor.pickMachine(machines.find((c) => c.name === name));
  return (
    <>
      <SelectField label="Machine" path="machine.device.count" value={machine.name} options={presetOptions(machines, machine.name)} hint={choice?.text} onPick={pick} />
      <p class="changed">
        {changed && choice ? <button type="button" class="plain" onClick={() => editor.pickMachine(choice)}>Back to the preset’s numbers</button> : <span>As the preset says</span>}
      </p>
    </>
  );
}

interface PartProps {
  readonly part: PartKey;
  readonly label: string;
  readonly none?: string; // what the machine is called that has none
}

const nothing = {name: ''};

/** A part of the machine that has presets of its own. */
function PartField({part, label, none}: PartProps) {
  const {editor} = useStore();
  const value = usePart((s) => s.machine[part]) ?? nothing;
  const choices = (editor.catalog.parts.find((p) => p.key === part)?.choices ?? []).map((c) => ({...c, name: c.title}));
  const {choice, changed} = chosen(choices, value);
  const absent = none === undefined ? [] : [{value: '', label: none}];
  const known = value.name === '' && none !== undefined ? options(choices) : presetOptions(choices, value.name);
  return (
    <SelectField
      label={label} path={`machine.${part}`} value={value.name} options={[...absent, ...known]} hint={choice && !changed && choice.text}
      onPick={(name) => editor.pickPart(part, choices.find((c) => c.name === name))}
    />
  );
}

function MachineFields() {
  const {editor, lens} = useStore();
  const eager = usePart((s) => s.machine.gpu.eager);
  const device = usePart((s) => s.machine.device.count > 0);
  return (
    <>
      <MachineField />
      <PartField part="gpu" label="GPU" />
      <PartField part="link" label="Link" />
      <NumberFields rows={controls.machine} />
      {device && <button type="button" onClick={() => lens.set({view: 'device'}, 'pick')}>Its memory, clock by clock</button>}
      <details class="more">
        <summary>More of the machine</summary>
        <div class="fields">
          <PartField part="flash" label="Flash" none="None" />
          <PartField part="peer" label="Between GPUs" none="None" />
          <NumberFields rows={controls.moreMachine} />
          <label class="check">
            <input type="checkbox" checked={eager} onChange={(e) => editor.set('machine.gpu.eager', e.currentTarget.checked, 'pick')} />
            Launch kernel by kernel, not from a graph
          </label>
        </div>
      </details>
    </>
  );
}

const fidelityNames: Readonly<Record<Fidelity, string>> = {
  analytic: 'Analytic: closed forms',
  event: 'Event: transfers and kernels over shared resources',
  cycle: 'Cycle: the same, experts on the device clock by clock',
};

/** What a fidelity costs, where it costs something. */
function FidelityHint() {
  const {editor} = useStore();
  const whole = usePart((s) => s.workload.scope === 'model');
  return (
    <>
      Runs every command of the device’s memory: one MoE block takes about 1 to 3 seconds here, a whole model far longer.{' '}
      {whole && <button type="button" class="plain" onClick={() => editor.set('workload.scope', 'moe_layer', 'pick')}>Only one MoE block</button>}
    </>
  );
}

function RunFields() {
  const {editor} = useStore();
  const [fidelity, title] = [usePart((s) => s.fidelity), usePart((s) => s.title)];
  return (
    <>
      <SelectField
        label="Fidelity" path="fidelity" value={fidelity} options={Fidelity.map((f) => ({value: f, label: fidelityNames[f]}))}
        hint={fidelity === 'cycle' && <FidelityHint />}
        onPick={(f) => editor.set('fidelity', f, 'pick')}
      />
      <NumberFields rows={controls.run} />
      <TextField label="Title" path="title" value={title} onTake={(t) => editor.set('title', t, 'pick')} />
    </>
  );
}
