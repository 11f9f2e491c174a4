import {rangeOf, ticksOf} from '../../base/scale';
import {shortText, titleOf} from '../../state/sweepfields';
import type {SweepField, Value} from '../../state/sweepfields';
import type {Metric, Shades} from '../../state/sweepmetrics';
import type {Axis} from '../plot/Plot';

/** An axis that places the values of a field: by their size, or one after the other. */
export interface Scale {
  readonly axis: Axis;
  readonly at: (v: Value) => number; // what the axis calls it
}

/** The axis of a field's values: names one after the other, numbers by size, or by ratio where they span much. */
export function scaleOf(f: SweepField, values: readonly Value[], most = 8): Scale {
  const numbers = values.filter((v) => typeof v === 'number');
  if (numbers.length < values.length || numbers.length === 0) return nameScale(f, values);
  let [from, to] = [Infinity, -Infinity];
  for (const v of numbers) [from, to] = [Math.min(from, v), Math.max(to, v)];
  const title = titleOf(f);
  const text = (v: number) => shortText(f, v);
  const few = [...new Set(numbers)].sort((a, b) => a - b);
  const wide = {from: from / 1.08, to: to * 1.08};
  const at = (v: Value) => Number(v);
  if (from > 0 && to / from >= 20) {
    const ticks = few.length <= most ? few : ticksOf({from: wide.from / f.per, to: wide.to / f.per}, most).map((t) => t * f.per);
    return {axis: {range: wide, ticks, text, title}, at};
  }
  const room = (to - from || Math.abs(to) || 1) * 0.04;
  const range = {from: from - room, to: to + room};
  return {axis: {range, ticks: few.length <= most ? few : even(from, to, most), text, title, share: linear(range)}, at};
}

function nameScale(f: SweepField, values: readonly Value[]): Scale {
  const names = [...new Set(values)];
  const range = {from: -0.5, to: names.length - 0.5};
  return {axis: {range, ticks: names.map((_, i) => i), text: (i) => shortText(f, names[i] ?? ''), title: titleOf(f), share: linear(range)}, at: (v) => names.indexOf(v)};
}

const linear = ({from, to}: {readonly from: number; readonly to: number}) => (v: number) => (v - from) / (to - from);

/** Round values from one to another, at most so many. */
export function even(from: number, to: number, most: number): number[] {
  const rough = (to - from) / Math.max(1, most - 1);
  if (!(rough > 0)) return [from];
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((s) => s * ten >= rough * 0.999_999) ?? 10) * ten;
  const first = Math.ceil(from / step - 1e-9);
  return Array.from({length: Math.max(0, Math.floor(to / step + 1e-9) - first + 1)}, (_, i) => (first + i) * step);
}

/** The axis of a metric: by ratio where it spans a decade, from 0 where it does not. */
export function metricAxis(m: Metric, {low, high, log}: Shades): Axis {
  if (log) {
    const range = rangeOf([low, high]);
    return {range, ticks: ticksOf(range, 6), text: m.text, title: m.title};
  }
  const range = {from: 0, to: high > 0 ? high * 1.06 : 1};
  return {range, ticks: even(0, range.to, 6), text: m.text, title: m.title, share: linear(range)};
}

