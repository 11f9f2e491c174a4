import {batch, signal} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {withValue, without} from '../base/path';
import {now} from '../base/units';
import type {Milliseconds} from '../base/units';
import type {Catalog, Choice, Machine, ModelSpec, Scenario, Table, WorkloadPhase, WorkloadRouting} from '../wire.gen';
import {asEntry, entriesOf, entryOf, withEntry} from './entries';
import type {Entry} from './entries';
import {lackOf, nearData, needText} from './needs';

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

  /** tell says what had to change beside what the user changed; hush ends what was said of an older choice. */
  constructor(readonly catalog: Catalog, private readonly tell: (text: string) => void = () => undefined, private readonly hush: () => void = () => undefined) {
    this.entries = entriesOf(catalog);
    this.current = signal(catalog.default);
    this.scenario = this.current;
    this.compared = signal<readonly string[]>(this.usual());
  }

  /** How the scenario came to be as it is. */
  get change(): Change {
    return this.latest;
  }

  /** Takes a scenario, whose strategy is compared from then on. why is what to tell of it. */
  replace(next: Scenario, manner: Manner, estimate = free, why = ''): void {
    if (manner === 'pick') this.hush();
    this.latest = {manner, at: now(), estimate};
    batch(() => {
      this.current.value = next;
      this.show(this.compared.peek());
    });
    if (why) this.tell(why);
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

  /** The entry of the scenario's strategy. */
  private get selected(): Entry | undefined {
    return entryOf(this.entries, this.current.peek().strategy);
  }

  select(entry: Entry): void {
    const s = this.current.value;
    const lack = lackOf(entry.spec, s.machine);
    if (!lack) return this.replace(withEntry(s, entry, this.selected), 'pick');
    this.hush();
    this.tell(`${entry.title} ${needText(lack, s.machine)}.`);
  }

  /** Compares a strategy with the others, or no longer. */
  compare(name: string, on: boolean): void {
    this.hush();
    this.latest = {manner: 'pick', at: now(), estimate: free};
    this.show([...this.compared.value.filter((n) => n !== name), ...(on ? [name] : [])]);
  }

  /** Compares these strategies, and the selected one always, in the order of the catalog. */
  show(names: readonly string[]): void {
    const own = this.selected?.name;
    const next = this.entries.map((e) => e.name).filter((n) => n === own || names.includes(n));
    const last = this.compared.peek();
    if (next.length !== last.length || next.some((n, i) => n !== last[i])) this.compared.value = next;
  }

  pickModel(choice: Choice<ModelSpec> | undefined): void {
    if (choice) this.setModel(choice.value);
  }

  /** Takes a model; the phase and the trace move to those of its kind. */
  setModel(model: ModelSpec): void {
    const s = this.current.value;
    const phase = phaseFor(model, s.workload.phase);
    const {routing, why = ''} = this.routingFor(model);
    this.replace({...s, model, workload: {...s.workload, phase, routing}}, 'pick', free, why);
  }

  /** Takes a machine; a strategy that it cannot run gives way to one that it can. */
  pickMachine(choice: Choice<Machine> | undefined): void {
    if (choice) this.moveTo(choice.value, choice.title);
  }

  /** Takes a part of a machine that has presets of its own; nothing takes it out. */
  pickPart(key: PartKey, choice: Choice<unknown> | undefined): void {
    const s = this.current.value;
    const value = choice?.value ?? this.catalog.default.machine[key];
    const machine = value === undefined ? without(s.machine, key) : {...s.machine, [key]: value};
    this.moveTo(machine, machine.name || 'This machine');
  }

  private moveTo(machine: Machine, title: string): void {
    const s = this.inMemory({...this.current.value, machine});
    const lack = lackOf(s.strategy, machine);
    if (!lack) return this.replace(s, 'pick');
    const entry = this.substitute(s);
    if (!entry) return this.replace(s, 'pick');
    const shown = entry.spec.name;
    this.replace(asEntry(s, entry, this.selected), 'pick', free, `${title}: ${s.strategy.name} ${needText(lack, machine)}. ${shown} is shown instead.`);
  }

  /** What is shown in place of a strategy that a machine cannot run: near the data if that was, then what moves weights, then what needs nothing. */
  private substitute({strategy, machine}: Scenario): Entry | undefined {
    const wanted = [...(nearData(strategy) ? [this.catalog.default.strategy.name, ...this.entries.filter((e) => nearData(e.spec)).map((e) => e.spec.name)] : []), 'GPU+PM', 'Ideal'];
    const able = wanted.flatMap((name) => this.entries.filter((e) => e.spec.name === name && !lackOf(e.spec, machine)));
    return able.find((e) => e.spec.name === able[0]?.spec.name && e.spec.transfer === 'overlap') ?? able[0];
  }

  /** Experts that were on flash, in memory where there is none. */
  private inMemory(s: Scenario): Scenario {
    const entry = entryOf(this.entries, s.strategy);
    return entry && entry.spec.home !== 'flash' && lackOf(s.strategy, s.machine) === 'flash' ? {...s, strategy: {...s.strategy, home: entry.spec.home}} : s;
  }

  reset(): void {
    batch(() => {
      this.replace(this.catalog.default, 'pick');
      this.show(this.usual());
    });
  }

  private routingFor(model: ModelSpec): {readonly routing: WorkloadRouting; readonly why?: string} {
    const routing = {...this.current.value.workload.routing, table: '', dataset: ''};
    if (routing.source !== 'trace') return {routing};
    const own = ownTrace(model.name, this.catalog.tables);
    if (own) return {routing: {...routing, table: own.name}};
    return {routing: {...routing, source: 'measured'}, why: `There is no recorded trace of ${model.name || 'this model'}: its experts are chosen by measured popularity instead.`};
  }
}

/** The parts of a machine that have presets of their own. */
export type PartKey = 'gpu' | 'link' | 'flash' | 'peer';

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
