import {signal} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {withValue} from '../base/path';
import {now} from '../base/units';
import type {Milliseconds} from '../base/units';
import type {Catalog, Choice, Machine, ModelSpec, Scenario, WorkloadPhase} from '../wire.gen';
import {entriesOf, withEntry} from './entries';
import type {Entry} from './entries';

/** How a change came about: a drag replaces the link, a choice adds to the history. */
export type Manner = 'load' | 'slide' | 'pick';

export interface Change {
  readonly manner: Manner;
  readonly at: Milliseconds;
}

/** Holds the scenario, and is the only one who changes it. */
export class Editor {
  readonly entries: readonly Entry[];
  readonly compared;
  readonly scenario: ReadonlySignal<Scenario>;
  private readonly current;
  private latest: Change = {manner: 'load', at: now()};

  constructor(readonly catalog: Catalog) {
    this.entries = entriesOf(catalog);
    this.current = signal(catalog.default);
    this.scenario = this.current;
    this.compared = signal<readonly string[]>(this.entries.map((e) => e.name));
  }

  /** How the scenario came to be as it is. */
  get change(): Change {
    return this.latest;
  }

  replace(next: Scenario, manner: Manner): void {
    this.latest = {manner, at: now()};
    this.current.value = next;
  }

  set(path: string, value: unknown, manner: Manner): void {
    this.replace(withValue(this.current.value, path, value), manner);
  }

  select(entry: Entry): void {
    if (!this.compared.value.includes(entry.name)) this.compare(entry.name, true);
    this.replace(withEntry(this.current.value, entry), 'pick');
  }

  /** Compares a strategy with the others, or no longer. */
  compare(name: string, on: boolean): void {
    const wanted = new Set(this.compared.value);
    if (on) wanted.add(name);
    else wanted.delete(name);
    this.latest = {manner: 'pick', at: now()};
    this.compared.value = this.entries.map((e) => e.name).filter((n) => wanted.has(n));
  }

  pickModel(choice: Choice<ModelSpec> | undefined): void {
    if (choice) this.setModel(choice.value);
  }

  /** Takes a model; the phase moves to the one of its kind. */
  setModel(model: ModelSpec): void {
    const s = this.current.value;
    const phase = phaseFor(model, s.workload.phase);
    const routing = {...s.workload.routing, table: '', dataset: ''};
    this.replace({...s, model, workload: {...s.workload, phase, routing}}, 'pick');
  }

  pickMachine(choice: Choice<Machine> | undefined): void {
    if (choice) this.replace({...this.current.value, machine: choice.value}, 'pick');
  }

  reset(): void {
    this.compared.value = this.entries.map((e) => e.name);
    this.replace(this.catalog.default, 'pick');
  }
}

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
