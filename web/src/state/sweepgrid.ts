// Which points of a sweep a picture shows, and where: pure.

import type {SweepAxis, SweepRow, SweepSpec} from '../wire.gen';
import {figureOf, worse} from './sweepmetrics';
import type {Metric} from './sweepmetrics';
import type {Value} from './sweepfields';

/** One axis of a grid: its values in their order. */
export interface Dim {
  readonly axis: number; // in the sweep
  readonly values: readonly Value[];
}

/** The values of an axis of a grid or a list. */
export function valuesOf(a: SweepAxis): Value[] {
  if (a.values) return [...a.values];
  const [from, to, steps] = [a.from ?? 0, a.to ?? 0, a.steps ?? 0];
  return Array.from({length: steps}, (_, i) => {
    const share = steps > 1 ? i / (steps - 1) : 0;
    const v = a.scale === 'log' ? from * (to / from) ** share : from + (to - from) * share;
    return a.whole ? Math.round(v) : v;
  });
}

/** A grid's axes. Points lie by their number, and where that says nothing by their values. */
export interface Grid {
  readonly dims: readonly Dim[];
  readonly placed: (row: SweepRow) => readonly number[] | null; // on each axis
}

/** The grid of a sweep; null if its points make none. */
export function gridOf(spec: SweepSpec, points: number, rows: readonly SweepRow[]): Grid | null {
  if (spec.method !== 'grid') return null;
  const values = spec.axes.map(valuesOf);
  const counts = values.map((v) => v.length);
  if (counts.reduce((n, c) => n * c, 1) !== points) return byValue(spec, rows);
  const placed = (row: SweepRow) => coordinates(row.index, counts);
  for (const row of rows) placed(row).forEach((i, axis) => (values[axis]![i] = row.values[axis] ?? ''));
  return {dims: values.map((v, axis) => ({axis, values: v})), placed};
}

/** Where a point lies on each axis, the last varying fastest. */
export function coordinates(index: number, counts: readonly number[]): number[] {
  const at: number[] = [];
  for (let i = counts.length - 1; i >= 0; i--) {
    const n = counts[i] ?? 1;
    at[i] = index % n;
    index = Math.floor(index / n);
  }
  return at;
}

const inOrder = (a: Value, b: Value) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0);

/** A grid of which only the points that came say where they lie. */
function byValue(spec: SweepSpec, rows: readonly SweepRow[]): Grid {
  const dims = spec.axes.map((_, axis): Dim => ({axis, values: [...new Set(rows.map((r) => r.values[axis] ?? ''))].sort(inOrder)}));
  const places = dims.map((d) => new Map(d.values.map((v, i) => [v, i])));
  return {dims, placed: (row) => row.values.map((v, axis) => places[axis]?.get(v) ?? 0)};
}

/** The axes that have more than one value. */
export const wide = (g: Grid) => g.dims.filter((d) => d.values.length > 1);

/** Where the axes that a picture does not have stand: at one of their values, or wherever the point is best. */
export type Fixed = Readonly<Record<number, number | 'best'>>;

/** What a picture shows at one place. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly row: SweepRow;
}

/** The points at each place of two axes; y may be none. A place with several shows the best. */
export function cellsOf(g: Grid, rows: readonly SweepRow[], x: number, y: number | null, fixed: Fixed, m: Metric): Cell[] {
  const found = new Map<string, Cell>();
  for (const row of rows) {
    const at = g.placed(row);
    if (!at || g.dims.some((d) => d.axis !== x && d.axis !== y && isElsewhere(fixed[d.axis], at[d.axis] ?? 0))) continue;
    const cell: Cell = {x: at[x] ?? 0, y: y === null ? 0 : (at[y] ?? 0), row};
    const key = `${cell.x} ${cell.y}`;
    const known = found.get(key);
    if (!known || worse(m, row, known.row) < 0) found.set(key, cell);
  }
  return [...found.values()];
}

const isElsewhere = (where: number | 'best' | undefined, at: number) => where !== 'best' && (where ?? 0) !== at;

/** The points of one line, along its axis. */
export interface Series {
  readonly value: Value | null; // of the second axis; null: there is one line only
  readonly cells: readonly Cell[];
}

/** Lines over one axis, one for each value of a second. */
export function seriesOf(g: Grid, cells: readonly Cell[], y: number | null, m: Metric): Series[] {
  const along = (n: number) => cells.filter((c) => c.y === n && Number.isFinite(figureOf(m, c.row))).sort((a, b) => a.x - b.x);
  const values = y === null ? [null] : (g.dims[y]?.values ?? []);
  return values.map((value, n) => ({value, cells: along(n)}));
}

/** How many points failed, of those that came. */
export const failures = (rows: readonly SweepRow[]) => rows.reduce((n, r) => n + (r.result ? 0 : 1), 0);
