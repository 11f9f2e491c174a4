import {batch, signal} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {withValue, without} from '../base/path';
import {now} from '../base/units';
import type {Milliseconds} from '../base/units';
import type {Catalog, Choice, Machine, ModelSpec, PolicySpec, Scenario, Table, WorkloadPhase, WorkloadRouting} from '../wire.gen';
import {entriesOf, entryOf, withEntry} from './entries';
import type {Entry} from './entries';

/** How a change came about: a drag replaces the link, a choice adds to the history. */
export type Manner = 'load' | 'slide' | 'pick';

export interface Change {
  readonly manner: Manner;
  readonly at: Milliseconds;
  readonly estimate: Milliseconds; // of one native run; 0 where nobody asked
}

const free = 0 as Milliseconds;

/** Holds the scenario, and is the only one who changes it. */
export class Editor {
  readonly entries: readonly Entry[];
  readonly compared;
  readonly scenario: ReadonlySignal<Scenario>;
  private readonly current;
  private latest: Change = {manner: 'load', at: now(), estimate: free};

  /** tell says what had to change beside what the user changed. */
  constructor(readonly catalog: Catalog, private readonly tell: (text: string) => void = () => undefined) {
    this.entries = entriesOf(catalog);
    this.current = signal(catalog.default);
    this.scenario = this.current;
    this.compared = signal<readonly string[]>(this.usual());
  }

  /** How the scenario came to be as it is. */
  get change(): Change {
    return this.latest;
  }

  replace(next: Scenario, manner: Manner, estimate = free): void {
    this.latest = {manner, at: now(), estimate};
    this.current.value = next;
  }

  /** Sets a field; undefined takes it out, where the scenario may leave it out. */
  set(path: string, value: unknown, manner: Manner): void {
    const s = this.current.value;
    this.replace(value === undefined ? without(s, path) : withValue(s, path, value), manner);
  }

  /** What is compared unless somebody says otherwise. */
  usual(): string[] {
    return this.entries.filter((e) => e.usual).map((e) => e.name);
  }

  select(entry: Entry): void {
    const {machine} = this.current.value;
    if (!runsOn(entry.spec, machine)) return this.tell(several({machine}) ? `${entry.title} is of one GPU, and this machine has several.` : `${entry.title} needs a memory device, and this machine has none.`);
    if (!this.compared.value.includes(entry.name)) this.compare(entry.name, true);
    this.replace(withEntry(this.current.value, entry), 'pick');
  }

  /** Compares a strategy with the others, or no longer. */
  compare(name: string, on: boolean): void {
    const wanted = new Set(this.compared.value);
    if (on) wanted.add(name);
    else wanted.delete(name);
    this.latest = {manner: 'pick', at: now(), estimate: free};
    this.compared.value = this.entries.map((e) => e.name).filter((n) => wanted.has(n));
  }

  pickModel(choice: Choice<ModelSpec> | undefined): void {
    if (choice) this.setModel(choice.value);
  }

  /** Takes a model; the phase and the trace move to those of its kind. */
  setModel(model: ModelSpec): void {
    const s = this.current.value;
    const phase = phaseFor(model, s.workload.phase);
    this.replace({...s, model, workload: {...s.workload, phase, routing: this.routingFor(model)}}, 'pick');
  }

  /** Takes a machine; a strategy that it cannot run gives way to one that it can. */
  pickMachine(choice: Choice<Machine> | undefined): void {
    if (!choice) return;
    const s = this.inMemory({...this.current.value, machine: choice.value});
    if (runsOn(s.strategy, s.machine)) return this.replace(s, 'pick');
    const next = {...s, strategy: {...s.strategy, ...(several(s) ? spreadOut : moved)}};
    const why = several(s) ? `has several GPUs, and ${s.strategy.name} is of one` : `has no memory device, which ${s.strategy.name} needs`;
    this.tell(`${choice.title} ${why}: ${next.strategy.name} is shown instead.`);
    batch(() => {
      const entry = entryOf(this.entries, next.strategy);
      if (entry && !this.compared.value.includes(entry.name)) this.compare(entry.name, true);
      this.replace(next, 'pick');
    });
  }

  /** Takes a part of a machine that has presets of its own; nothing takes it out. */
  pickPart(key: PartKey, choice: Choice<unknown> | undefined): void {
    const s = this.current.value;
    const value = choice?.value ?? this.catalog.default.machine[key];
    const machine = value === undefined ? without(s.machine, key) : {...s.machine, [key]: value};
    this.replace(this.inMemory({...s, machine}), 'pick');
  }

  /** Experts that were on flash, in memory where there is none. */
  private inMemory(s: Scenario): Scenario {
    const entry = entryOf(this.entries, s.strategy);
    return s.strategy.home === 'flash' && !hasFlash(s) && entry ? {...s, strategy: {...s.strategy, home: entry.spec.home}} : s;
  }

  reset(): void {
    this.compared.value = this.usual();
    this.replace(this.catalog.default, 'pick');
  }

  private routingFor(model: ModelSpec): WorkloadRouting {
    const routing = {...this.current.value.workload.routing, table: '', dataset: ''};
    if (routing.source !== 'trace') return routing;
    const own = ownTrace(model.name, this.catalog.tables);
    if (own) return {...routing, table: own.name};
    this.tell(`There is no recorded trace of ${model.name || 'this model'}: its experts are chosen by measured popularity instead.`);
    return {...routing, source: 'measured'};
  }
}

/** Whether a strategy computes near the data. */
export const nearData = (strategy: Pick<PolicySpec, 'home'>) => strategy.home === 'device' || strategy.home === 'stack';

/** The parts of a machine that have presets of their own. */
export type PartKey = 'gpu' | 'link' | 'flash' | 'peer';

/** Whether a machine has flash. */
export const hasFlash = (s: Pick<Scenario, 'machine'>) => s.machine.flash.memory_bytes > 0;

/** Whether experts are spread over more than one GPU. */
export const several = ({machine}: Pick<Scenario, 'machine'>) => (machine.gpus ?? 1) > 1;

/** Whether a machine has what a strategy needs. */
export const runsOn = (strategy: Pick<PolicySpec, 'home'>, machine: Machine) =>
  strategy.home === 'gpu' || (!several({machine}) && (!nearData(strategy) || (machine.device.count > 0 && (machine.device.stacked ?? false) === (strategy.home === 'stack'))));

/** Strategies that give way to none, on one GPU and on several. */
const moved = {name: 'GPU+PM', home: 'memory', missed: 'gpu'} as const;
const spreadOut = {name: 'Ideal', home: 'gpu', missed: 'gpu'} as const;

/** The shipped trace that was recorded on a model. */
export const ownTrace = (model: string, tables: readonly Table[]) => tables.find((t) => t.trace && t.file !== '' && model !== '' && t.name.startsWith(`${model}_`));

/** The phases that a model has. */
export function phasesOf(model: ModelSpec): readonly WorkloadPhase[] {
  return model.encoder.blocks > 0 ? ['encoder', 'decoder', 'generate'] : ['prefill', 'decode', 'generate'];
}

/** The phase of a model that corresponds to a phase of any model. */
export function phaseFor(model: ModelSpec, phase: WorkloadPhase): WorkloadPhase {
  const own = phasesOf(model);
  if (own.includes(phase)) return phase;
  const input = phase === 'encoder' || phase === 'prefill';
  return own[input ? 0 : 1] ?? 'generate';
}
