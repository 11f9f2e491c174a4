// The paper's experiments as scenarios: which runs a figure needs, and what they say.
// Pure. Everything that a figure does not vary is as the edited scenario has it.

import {at, same, withValue} from '../base/path';
import type {Picoseconds} from '../base/units';
import type {Catalog, ModelSpec, PolicyName, PolicySpec, Scenario, WorkloadRouting} from '../wire.gen';

/** What is compared with GPU+PM, the slowest first, as a rule. */
export const configs = ['CPU+AM', 'MD+AM', 'MD+LB', 'Ideal'] as const satisfies readonly PolicyName[];
export type Config = (typeof configs)[number];
const baseline: PolicyName = 'GPU+PM';

/** What the paper's two models are called here. */
export const paperModels = ['switch-large-128', 'nllb-moe-54b'] as const;

/** A model and the half of it that runs. */
export interface Subject {
  readonly name: string; // for people
  readonly model: ModelSpec;
  readonly phase: 'encoder' | 'decoder';
}

const modelNames: Readonly<Record<(typeof paperModels)[number], string>> = {'switch-large-128': 'Switch-Large-128', 'nllb-moe-54b': 'NLLB-MoE'};

/** The four subjects of every figure. */
export function subjectsOf({models}: Pick<Catalog, 'models'>): Subject[] {
  return (['encoder', 'decoder'] as const).flatMap((phase) => paperModels.flatMap((name) => {
    const model = models.find((m) => m.name === name)?.value;
    return model ? [{name: `${modelNames[name]} ${phase}`, model, phase}] : [];
  }));
}

/** A skew of routing that is plausible for a model of which nothing is published. */
export interface Skew {
  readonly name: string;
  readonly why: string;
  readonly routing: Partial<WorkloadRouting>;
}

/** From even routing to steeper than any that is published, each with its reason. */
export const skews: readonly Skew[] = [
  {name: 'uniform', why: 'every expert alike; Mixtral is near it', routing: {source: 'uniform'}},
  {name: 'log-normal, σ 0.7', why: 'fits DeepSeek-R1, DeepSeek-V2-Lite and OLMoE', routing: {source: 'lognormal', sigma: 0.7}},
  {name: 'log-normal, σ 1.3', why: 'fits Switch-Base-128’s encoder, the one encoder with published counts', routing: {source: 'lognormal', sigma: 1.3}},
  {name: 'log-normal, σ 2', why: 'steeper than any published counts: a pruned NLLB-MoE keeps 12 of 128 experts a decoder layer for one language', routing: {source: 'lognormal', sigma: 2}},
];

/** Routing that suits both models: a trace or counts are of one model alone. */
export const general = (r: WorkloadRouting) => r.source !== 'trace' && r.source !== 'file' && r.source !== 'counts';

/** What of the edited strategy the figures take over: its parameters. Its axes are those of each strategy. */
function strategyOf({alpha, alpha_mode, rounding, min_hot, staging, profile_passes, transfer}: PolicySpec, usual: PolicySpec): PolicySpec {
  const moves = transfer === 'serial' || transfer === 'overlap' ? {transfer} : {}; // the others are axes of other systems
  return {...usual, alpha, alpha_mode, rounding, min_hot, staging, profile_passes, ...moves};
}

/** The edited scenario as what the figures vary: without a title, with the usual strategy's axes, and with routing that suits both models. */
export function basisOf(s: Scenario, usual: Scenario): Scenario {
  const routing = general(s.workload.routing) ? {...s.workload.routing, table: '', dataset: ''} : usual.workload.routing;
  return {...s, title: '', strategy: strategyOf(s.strategy, usual.strategy), workload: {...s.workload, routing}};
}

/** One point of a figure: a machine, a model and a load, for every configuration. */
export interface Point {
  readonly label: string;
  readonly scenario: Scenario; // its strategy and skew are replaced
}

/** The points of one subject. */
export interface Panel {
  readonly subject: Subject;
  readonly points: readonly Point[];
}

/** A figure: the same points for every subject. */
export interface Plan {
  readonly id: string;
  readonly configs: readonly Config[];
  readonly panels: readonly Panel[];
}

/** What a figure varies. */
export interface Axis {
  readonly id: string;
  readonly values: readonly number[];
  readonly label: (v: number) => string;
  readonly set: (s: Scenario, v: number) => Scenario;
}

const scaled = (path: string) => (s: Scenario, factor: number) => withValue(s, path, Math.round((at(s, path) as number) * factor));
const placed = (path: string) => (s: Scenario, value: number) => withValue(s, path, value);

/** The axes of the sensitivities. */
export const axes: readonly Axis[] = [
  {id: 'bandwidth', values: [0.5, 1, 2], label: (v) => `${v} ×`, set: scaled('machine.device.bandwidth_bytes_per_s')},
  {id: 'devices', values: [1, 2, 4], label: (v) => (v === 1 ? '1 device' : `${v} devices`), set: placed('machine.device.count')},
  {id: 'experts', values: [32, 64, 128, 256, 512], label: (v) => `${v} experts`, set: placed('model.experts')},
  {id: 'width', values: [0.5, 1, 2, 4], label: (v) => `${v} × d_ff`, set: scaled('model.expert_ff')},
];

/** The scenario of a subject. */
export function scenarioOf(basis: Scenario, {model, phase}: Subject, batch = basis.workload.batch): Scenario {
  return {...basis, model, workload: {...basis.workload, phase, batch}};
}

/** Speed-ups by batch. */
export const batchPlan = (basis: Scenario, subjects: readonly Subject[], batches: readonly number[]): Plan => ({
  id: 'batch', configs,
  panels: subjects.map((subject) => ({subject, points: batches.map((b) => ({label: `Batch ${b}`, scenario: scenarioOf(basis, subject, b)}))})),
});

/** Speed-ups along an axis, of what uses the device. */
export const axisPlan = (basis: Scenario, subjects: readonly Subject[], axis: Axis): Plan => ({
  id: axis.id, configs: ['MD+AM', 'MD+LB'],
  panels: subjects.map((subject) => ({subject, points: axis.values.map((v) => ({label: axis.label(v), scenario: axis.set(scenarioOf(basis, subject), v)}))})),
});

/** Where experts live under each strategy, and where a missed one is computed. */
const places: Readonly<Record<string, Pick<PolicySpec, 'home' | 'missed'>>> = {
  'GPU+PM': {home: 'memory', missed: 'gpu'}, 'CPU+AM': {home: 'host', missed: 'home'},
  'MD+AM': {home: 'device', missed: 'home'}, 'MD+LB': {home: 'device', missed: 'balance'}, Ideal: {home: 'gpu', missed: 'gpu'},
};

/** A point under a strategy, and under a skew if there is one. */
export function runOf({scenario: s}: Point, name: PolicyName, skew?: Skew): Scenario {
  const workload = skew ? {...s.workload, routing: {...s.workload.routing, ...skew.routing}} : s.workload;
  return {...s, workload, strategy: {...s.strategy, name, ...places[name]}};
}

/** What a run is known by. */
export const keyOf = (s: Scenario) => JSON.stringify(s);

/** Every run that plans need: first all of the scenario's own routing, then those of other skews. */
export function runsOf(plans: readonly Plan[], bands: boolean): Scenario[] {
  const found = new Map<string, Scenario>();
  for (const skew of [undefined, ...(bands ? skews : [])]) {
    for (const plan of plans) {
      for (const point of plan.panels.flatMap((p) => p.points)) {
        for (const name of [baseline, ...plan.configs]) {
          const run = runOf(point, name, skew);
          found.set(keyOf(run), run);
        }
      }
    }
  }
  return [...found.values()];
}

/** What is kept of a run. */
export interface Cell {
  readonly latency: Picoseconds;
  readonly alpha: number; // of whichever part of the model ran
  readonly hot: number; // experts moved, over all layers and passes
  readonly routing: string; // where it came from, for people
}

export type Cells = ReadonlyMap<string, Cell>;

/** The run of a point, if it is known. */
export const cellOf = (cells: Cells, p: Point, name: PolicyName, skew?: Skew) => cells.get(keyOf(runOf(p, name, skew)));

/** A speed-up over GPU+PM, and how far it moves over plausible skews. */
export interface Speed {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly skews: number; // that are known besides the scenario's own
}

/** How much faster a configuration is than GPU+PM at a point; null while it is not known. */
export function speedOf(cells: Cells, p: Point, config: Config): Speed | null {
  const speed = (skew?: Skew) => {
    const [base, own] = [cellOf(cells, p, baseline, skew), cellOf(cells, p, config, skew)];
    return base && own ? base.latency / own.latency : null;
  };
  const value = speed();
  if (value === null) return null;
  const others = skews.map(speed).filter((v) => v !== null);
  return {value, low: Math.min(value, ...others), high: Math.max(value, ...others), skews: others.length};
}

/** The baseline's run at a point. */
export const baseOf = (cells: Cells, p: Point) => cellOf(cells, p, baseline);

/** The largest speed-up of a configuration over some panels; null while any is missing. */
export function mostOf(cells: Cells, panels: readonly Panel[], config: Config): number | null {
  const all = panels.flatMap((p) => p.points).map((p) => speedOf(cells, p, config)?.value ?? null);
  return all.length === 0 || all.includes(null) ? null : Math.max(...all.map((v) => v ?? 0));
}

/** What of a scenario the figures do not vary, and where it differs from the defaults. */
export function changesOf(s: Scenario, usual: Scenario): string[] {
  return varied.flatMap((path) => differing(at(usual, path), at(basisOf(s, usual), path), path));
}

const varied = ['machine', 'strategy', 'workload.scope', 'workload.batch', 'workload.input_tokens', 'workload.output_tokens', 'workload.routing', 'fidelity', 'seed'];

/** Parameters that only one choice of another reads: they change nothing while that is not made. */
const idle = new Set(['strategy.name', 'workload.routing.table', 'workload.routing.dataset', 'machine.name']);

function differing(usual: unknown, own: unknown, path: string): string[] {
  if (idle.has(path) || same(usual, own)) return [];
  if (typeof own !== 'object' || own === null || Array.isArray(own)) return [path];
  const keys = new Set([...Object.keys(own), ...(typeof usual === 'object' && usual !== null ? Object.keys(usual) : [])]);
  return [...keys].flatMap((key) => differing(at(usual, key), at(own, key), `${path}.${key}`));
}
