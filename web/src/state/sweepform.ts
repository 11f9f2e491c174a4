// What the form of a sweep holds, and what it asks for: pure. Numbers are as they are
// typed, in the unit that their field shows.

import {plural} from '../base/format';
import {numberAt} from '../base/path';
import type {Scenario, SweepAxis, SweepMethod, SweepScale, SweepSpec} from '../wire.gen';
import {shownOf} from './sweepfields';
import type {SweepField, Value} from './sweepfields';

/** How many points the server takes from a page. */
export const mostPoints = 20_000;

/** How many axes a sweep may have here. */
export const mostAxes = 4;

/** One axis, as it is typed. */
export interface AxisForm {
  readonly key: number; // tells axes apart while they are edited
  readonly path: string;
  readonly kind: 'values' | 'range'; // of numbers; names are always values
  readonly values: string;
  readonly names: readonly Value[];
  readonly from: string;
  readonly to: string;
  readonly steps: string;
  readonly scale: SweepScale;
}

export interface SweepForm {
  readonly axes: readonly AxisForm[];
  readonly method: SweepMethod;
  readonly points: string; // of random and lhs, as is the next
  readonly seed: string;
}

/** Whether the points are drawn, so that their number is to be said. */
export const drawn = (m: SweepMethod) => m === 'random' || m === 'lhs';

/** Where something is wrong, "axes[0].values", and what. */
export type Wrong = ReadonlyMap<string, string>;

/** What a form asks for. */
export interface Plan {
  readonly spec: SweepSpec;
  readonly points: number; // 0 while something is wrong
  readonly wrong: Wrong;
}

let keys = 0;

/** An axis over a field, with what one would try first. */
export function axisFor(f: SweepField, s: Scenario): AxisForm {
  const own = numberAt(s, f.path) / f.per;
  const [from, to] = span(f, Number.isFinite(own) ? own : f.min);
  const scale: SweepScale = f.log && from > 0 ? 'log' : 'linear';
  const start = {key: ++keys, path: f.path, kind: 'range' as const, values: '', names: usualNames(f), from: String(from), to: String(to), steps: '8', scale};
  return {...start, values: suggested(f, s)};
}

/** What one would try first of what has names. */
function usualNames(f: SweepField): readonly Value[] {
  const usual = f.names.filter((n) => n.usual).map((n) => n.value);
  return usual.length > 1 ? usual : [...new Set([...usual, ...f.names.map((n) => n.value)])].slice(0, 3);
}

const round = (v: number, digits = 2) => Number(v.toPrecision(digits));

/** A range around a value, within what its control allows. */
function span(f: SweepField, own: number): readonly [number, number] {
  const fit = (v: number) => Math.min(f.max, Math.max(f.min, f.whole && f.per === 1 ? Math.round(v) : round(v)));
  if (f.log && own > 0) return [fit(own / 8), fit(own * 8)];
  return own > 0 && f.max > own * 8 ? [fit(own / 4), fit(own * 4)] : [f.min, Math.min(f.max, Number.MAX_SAFE_INTEGER)];
}

/** Values around the present one: halves and doubles where ratios suit, even steps where they do not. */
export function suggested(f: SweepField, s: Scenario): string {
  if (f.names.length > 0) return '';
  const own = numberAt(s, f.path) / f.per;
  const inside = (v: number) => v >= f.min && v <= f.max && (!f.whole || f.per !== 1 || Number.isInteger(v));
  const some = f.log && own > 0 ? [-3, -2, -1, 0, 1, 2, 3].map((e) => round(own * 2 ** e, 6)).filter(inside) : [0, 1, 2, 3, 4].map((i) => round(f.min + ((Math.min(f.max, 1e6) - f.min) * i) / 4, 6)).filter(inside);
  return some.join(', ');
}

/** The parts of a list, whatever separates them. */
const parts = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/** A number in the scenario's unit: exact, though the shown unit has decimals. */
const scenarioNumber = (f: SweepField, shown: number) => (f.per === 1 ? shown : f.whole ? Math.round(shown * f.per) : shown * f.per);

function valueOf(f: SweepField, text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true';
  const n = Number(text);
  return Number.isFinite(n) ? scenarioNumber(f, n) : text;
}

/** Reads one axis, and says what is wrong with it, by the name of what is. */
export function readAxis(f: SweepField, a: AxisForm, method: SweepMethod): {readonly axis: SweepAxis; readonly count: number; readonly wrong: Wrong} {
  const wrong = new Map<string, string>();
  if (a.path === '') wrong.set('path', 'choose what varies');
  if (f.names.length > 0) {
    if (a.names.length === 0) wrong.set('values', 'choose at least one');
    return {axis: {path: a.path, values: a.names}, count: a.names.length, wrong};
  }
  return a.kind === 'values' ? listed(f, a, wrong) : ranged(f, a, method, wrong);
}

function listed(f: SweepField, a: AxisForm, wrong: Map<string, string>) {
  const values = parts(a.values).map((t) => valueOf(f, t));
  const odd = f.unit !== '' || f.whole ? values.find((v) => typeof v !== 'number') : undefined;
  if (values.length === 0) wrong.set('values', 'needs at least one value');
  else if (odd !== undefined) wrong.set('values', `“${String(odd)}” is no number`);
  else if (new Set(values).size < values.length) wrong.set('values', 'has a value twice');
  return {axis: {path: a.path, values}, count: values.length, wrong};
}

function ranged(f: SweepField, a: AxisForm, method: SweepMethod, wrong: Map<string, string>) {
  const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
  const [from, to, steps] = [number(a.from), number(a.to), number(a.steps)];
  if (!Number.isFinite(from)) wrong.set('from', 'must be a number');
  if (!Number.isFinite(to)) wrong.set('to', 'must be a number');
  else if (to <= from) wrong.set('to', 'must be above the start');
  if (a.scale === 'log' && from <= 0) wrong.set('from', 'must be above 0 for equal ratios');
  if (!drawn(method) && (!Number.isInteger(steps) || steps < 2)) wrong.set('steps', 'must be a whole number, 2 or more');
  const [low, high] = [scenarioNumber(f, from), scenarioNumber(f, to)];
  const axis: SweepAxis = {path: a.path, from: low, to: high, ...(drawn(method) ? {} : {steps}), scale: a.scale, ...(f.whole ? {whole: true} : {})};
  return {axis, count: steps, wrong};
}

/** Reads a whole form. */
export function planOf(form: SweepForm, field: (path: string) => SweepField): Plan {
  const wrong = new Map<string, string>();
  const read = form.axes.map((a, i) => {
    const {axis, count, wrong: own} = readAxis(field(a.path), a, form.method);
    for (const [name, why] of own) wrong.set(`axes[${i}].${name}`, why);
    if (a.path !== '' && form.axes.findIndex((o) => o.path === a.path) < i) wrong.set(`axes[${i}].path`, 'is varied above already');
    return {axis, count};
  });
  const [points, seed] = [Number(form.points), Number(form.seed)];
  if (drawn(form.method) && (!Number.isInteger(points) || points < 1)) wrong.set('points', 'must be a whole number, 1 or more');
  if (drawn(form.method) && (form.seed.trim() === '' || !Number.isSafeInteger(seed) || seed < 0)) wrong.set('seed', 'must be a whole number, 0 or more');
  const counts = read.map((r) => r.count);
  if (form.method === 'list' && new Set(counts).size > 1) wrong.set('method', `a list takes the first value of each axis, then the second: axes must have as many values each, and have ${counts.join(', ')}`);
  const draws = drawn(form.method) ? {points, seed} : {};
  const all = drawn(form.method) ? points : form.method === 'list' ? (counts[0] ?? 0) : counts.reduce((n, c) => n * c, 1);
  return {spec: {method: form.method, axes: read.map((r) => r.axis), ...draws}, points: wrong.size > 0 ? 0 : all, wrong};
}

/** Why so many points are refused here; empty: they are not. */
export function refusal(points: number): string {
  return points > mostPoints
    ? `This is ${plural(points, 'point')}; from a page the server takes at most ${plural(mostPoints, 'point')} a sweep. Take fewer values, draw some of them at random, or use the command line, which takes a million.`
    : '';
}

/** The form that asks for a sweep that there is. */
export function formOf(spec: SweepSpec, field: (path: string) => SweepField, s: Scenario): SweepForm {
  const axes = spec.axes.map((a): AxisForm => {
    const f = field(a.path);
    const start = axisFor(f, s);
    if (a.values) return {...start, kind: 'values', names: a.values, values: a.values.map((v) => shownOf(f, v)).join(', ')};
    return {...start, kind: 'range', from: shownOf(f, a.from ?? 0), to: shownOf(f, a.to ?? 0), steps: String(a.steps || 8), scale: a.scale ?? 'linear'};
  });
  return {axes, method: spec.method, points: String(spec.points || 200), seed: String(spec.seed ?? 1)};
}

/** The same sweep on the command line. */
export function commandOf(spec: SweepSpec, file = 'scenario.json'): string {
  const axes = spec.axes.map((a) => `--axis ${quoted(`${a.path}=${a.values ? a.values.join(',') : rangeText(a)}`)}`);
  const method = spec.method === 'grid' ? [] : [`--method ${spec.method}`];
  const draws = drawn(spec.method) ? [`--points ${spec.points ?? 0}`, `--seed ${spec.seed ?? 0}`] : [];
  return ['monde sweep', file, ...axes, ...method, ...draws].join(' ');
}

/** Whether its numbers are whole, a field says itself. */
const rangeText = (a: SweepAxis) =>
  [`${a.from ?? 0}..${a.to ?? 0}`, ...(a.steps ? [String(a.steps)] : []), ...(a.scale === 'log' ? ['log'] : [])].join(':');

/** An argument of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
