// What of a scenario a sweep may vary: the numbers that have a control, and what has a
// name. Any other path may be typed. The server alone decides what is valid.

import {plain} from '../base/format';
import {at} from '../base/path';
import {Fidelity, PlaceName, PolicyAlphaMode, PolicyAttention, PolicyFirst, PolicyHome, PolicyMissed, PolicyRounding, PolicyTransfer, PredictName, QuantName, ReplaceName, WorkloadScope, WorkloadSource} from '../wire.gen';
import type {Catalog, Scenario} from '../wire.gen';
import {rows} from './controls';
import type {NumberRow} from './controls';
import {phasesOf} from './editor';
import {lackOf} from './needs';

/** What one field of one point is set to. */
export type Value = string | number | boolean;

/** One of the names that a field may have. */
export interface Named {
  readonly value: Value;
  readonly label: string;
  readonly usual: boolean; // chosen unless somebody says otherwise
}

/** A field that may vary. */
export interface SweepField {
  readonly path: string;
  readonly title: string;
  readonly unit: string;
  readonly per: number; // the scenario's units in one shown unit
  readonly whole: boolean; // the scenario holds an integer
  readonly log: boolean; // equal ratios suit it
  readonly min: number; // in shown units, as are the next
  readonly max: number;
  readonly names: readonly Named[]; // empty: it is a number
}

/** Every field that can be offered for a scenario, as people read it. */
export function fieldsOf(catalog: Catalog, s: Scenario): SweepField[] {
  const useful = rows.filter((r) => (r.shown?.(s) ?? true) || r.path.startsWith('workload.routing.'));
  const distinct = useful.filter((r, i) => useful.findIndex((o) => o.path === r.path) === i);
  return [...presets(catalog, s), ...distinct.map(numeric), ...choices(s)];
}

/** The field at a path: a known one, or whatever its value in the scenario says. */
export function fieldAt(fields: readonly SweepField[], path: string, s: Scenario): SweepField {
  const known = fields.find((f) => f.path === path);
  if (known) return known;
  const row = rows.find((r) => r.path === path);
  if (row) return numeric(row);
  const value = at(s, path);
  if (typeof value === 'boolean') return named(path, path, [false, true].map((v) => ({value: v, label: String(v), usual: true})));
  return {path, title: path, unit: '', per: 1, whole: Number.isInteger(value), log: false, min: 0, max: Number.MAX_VALUE, names: []};
}

const numeric = ({path, label, unit, per, whole, log, min, max}: NumberRow): SweepField => ({path, title: label, unit, per, whole, log, min, max, names: []});

const named = (path: string, title: string, names: readonly Named[]): SweepField => ({path, title, unit: '', per: 1, whole: false, log: false, min: 0, max: 0, names});

/** What has presets: strategies, models, machines and their parts. */
function presets({strategies, models, machines, parts, default: usual}: Catalog, s: Scenario): SweepField[] {
  const specs = strategies.map((c) => ({...usual.strategy, ...c.value}));
  const names = [...new Set(specs.map((p) => p.name))].map((name): Named => {
    const first = strategies.find((_, i) => specs[i]?.name === name);
    const spec = specs.find((p) => p.name === name) ?? usual.strategy;
    return {value: name, label: name, usual: (first?.usual ?? false) && lackOf(spec, s.machine) === null};
  });
  return [
    named('strategy.name', 'Strategy', names),
    named('model', 'Model', models.map((m) => ({value: m.name, label: m.name, usual: m.name === s.model.name}))),
    named('machine', 'Machine', machines.map((m) => ({value: m.name, label: m.name, usual: m.name === s.machine.name}))),
    ...parts.filter((p) => p.choices.length > 1).map((p) => named(`machine.${p.key}`, partTitles[p.key] ?? p.key, p.choices.map((c) => ({value: c.name, label: c.title, usual: false})))),
  ];
}

const partTitles: Readonly<Record<string, string>> = {gpu: 'GPU', link: 'Link', flash: 'Flash', peer: 'Link between GPUs'};

/** What has names of its own. */
function choices(s: Scenario): SweepField[] {
  const given = new Set<WorkloadSource>(['file', 'counts', 'trace']); // these need more than their name
  const some = (path: string, title: string, all: readonly string[]) => named(path, title, all.map((v) => ({value: v, label: v.replaceAll('_', ' '), usual: v === at(s, path)})));
  const yes = (path: string, title: string) => named(path, title, [{value: false, label: 'no', usual: true}, {value: true, label: 'yes', usual: true}]);
  return [
    some('workload.phase', 'Phase', phasesOf(s.model)),
    some('workload.scope', 'Scope', WorkloadScope),
    some('workload.routing.source', 'Experts are chosen by', WorkloadSource.filter((v) => !given.has(v))),
    some('model.expert_format.name', 'Format of experts', QuantName),
    some('strategy.home', 'Experts live in', PolicyHome),
    some('strategy.missed', 'A missed expert is computed', PolicyMissed),
    some('strategy.transfer', 'Transfer', PolicyTransfer),
    some('strategy.cache.name', 'Cache', ReplaceName),
    some('strategy.predictor.name', 'Predictor', PredictName),
    some('strategy.attention', 'Attention', PolicyAttention),
    some('strategy.placement', 'Experts are placed', PlaceName),
    some('strategy.first', 'First goes', PolicyFirst),
    some('strategy.alpha_mode', 'How many experts are hot', PolicyAlphaMode),
    some('strategy.rounding', 'Rounding of H', PolicyRounding),
    some('fidelity', 'Fidelity', Fidelity),
    yes('strategy.cache_fills', 'Cache takes what memory is left'),
    yes('machine.gpu.eager', 'Launch kernel by kernel'),
  ];
}

/** Whether a field holds what somebody types into a search, in its title, its path or its unit. */
export function matches(f: SweepField, text: string): boolean {
  const all = `${f.title} ${f.path} ${f.unit}`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

/** A value in the field's own unit, as it is typed. */
export const shownOf = (f: SweepField, v: Value) => (typeof v === 'number' ? plain(v / f.per, 9) : String(v));

/** A value for people: 64 GB/s. At most so many digits. */
export function valueText(f: SweepField, v: Value, digits = 4): string {
  if (typeof v !== 'number') return f.names.find((n) => n.value === v)?.label ?? String(v);
  return grouped(v / f.per, digits) + (symbols.has(f.unit) ? `\u00a0${f.unit}` : '');
}

/** Units that are written after a number; others are words about the field. */
const symbols: ReadonlySet<string> = new Set(['GB/s', 'TFLOP/s', 'GiB', 'MB', 'KiB', 'GHz', 'µs', 'ns', 'bits']);

/** The same without its unit, for what says the unit once. */
export const shortText = (f: SweepField, v: Value) => (typeof v === 'number' ? grouped(v / f.per, 3) : valueText(f, v));

const grouped = (n: number, digits: number) => (Number.isInteger(n) && Math.abs(n) < 1e6 ? String(n) : plain(n, digits));

/** A field's title with its unit, for the title of an axis. */
export const titleOf = (f: SweepField) => (f.unit === '' ? f.title : `${f.title} (${f.unit})`);
