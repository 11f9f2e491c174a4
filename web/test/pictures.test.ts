import {expect, test} from 'vitest';
import {picoseconds} from '../src/base/units';
import {barOf} from '../src/view/draw/bars';
import {cellAt, gridOf, moved, rowsOf, shade} from '../src/view/draw/heat';
import {axis, boundaries, boxesOf, extent, firstAfter, lanesOf, neighbour, panned, spanAt, zoomed} from '../src/view/draw/lanes';
import type {Window} from '../src/view/draw/lanes';
import type {Columns} from '../src/engine/engine';
import {resultOf} from './fixture';

/** Spans as [resource, start, end, layer], in order of their end. */
function columnsOf(spans: readonly (readonly [number, number, number, number?])[]): Columns {
  const pick = (i: 0 | 1 | 2 | 3) => spans.map((s) => s[i] ?? 0);
  return {
    resources: ['gpu', 'link_in', 'ndp'], works: ['expert'], total: spans.length,
    resource: Int32Array.from(pick(0)), work: new Int32Array(spans.length), pass: new Int32Array(spans.length),
    layer: Int32Array.from(pick(3)), expert: new Int32Array(spans.length), start: Float64Array.from(pick(1)), end: Float64Array.from(pick(2)),
  };
}

const window = (from: number, to: number): Window => ({from: picoseconds(from), to: picoseconds(to)});
const some = columnsOf([[0, 0, 10], [1, 5, 20], [0, 30, 40, 1], [0, 90, 100, -1]]);

test('a resource that did nothing has no lane', () => {
  expect(lanesOf(some).map((l) => [l.resource, [...l.spans]])).toEqual([[0, [0, 2, 3]], [1, [1]]]);
  expect(extent(some)).toEqual(window(0, 100));
});

test('only spans that reach into the window are drawn, cut at its edges', () => {
  const [gpu] = lanesOf(some);
  if (!gpu) throw new Error('no lane');
  expect(firstAfter(some, gpu, picoseconds(10))).toBe(1);
  expect(boxesOf(some, gpu, window(35, 95), 60).map((b) => [b.span, b.x, b.width])).toEqual([[2, 0, 5], [3, 55, 5]]);
});

test('a hundred thousand spans become at most two boxes a pixel', () => {
  const many = columnsOf(Array.from({length: 100_000}, (_, i) => [0, i * 10, i * 10 + 9] as const));
  const [lane] = lanesOf(many);
  if (!lane) throw new Error('no lane');
  const boxes = boxesOf(many, lane, extent(many), 500);
  expect(boxes.length).toBeLessThanOrEqual(1000);
  expect(boxes[250]?.busy).toBeCloseTo(0.9, 1);
  expect(boxesOf(many, lane, window(500, 600), 500)).toHaveLength(10);
});

test('the pointer finds the span below it, or one within the slack', () => {
  const [gpu] = lanesOf(some);
  if (!gpu) throw new Error('no lane');
  expect(spanAt(some, gpu, picoseconds(35), picoseconds(0))).toBe(2);
  expect(spanAt(some, gpu, picoseconds(20), picoseconds(0))).toBe(-1);
  expect(spanAt(some, gpu, picoseconds(28), picoseconds(2))).toBe(2);
});

test('arrows walk along a lane and stop at its ends', () => {
  const lanes = lanesOf(some);
  expect(neighbour(some, lanes, 0, 1, 0)).toBe(2);
  expect(neighbour(some, lanes, 3, 1, 0)).toBe(3);
  expect(neighbour(some, lanes, 0, 0, 1)).toBe(1);
  expect(neighbour(some, lanes, 1, 0, 1)).toBe(1);
});

test('zooming keeps the point below the pointer, and never leaves the run', () => {
  const all = window(0, 100_000);
  const near = zoomed(all, all, 0.5, 0.25);
  expect(near).toEqual(window(12_500, 62_500));
  expect(zoomed(near, all, 100, 0.5)).toEqual(all);
  expect(panned(near, all, 10)).toEqual(window(50_000, 100_000));
  expect(zoomed(all, all, 1e-9, 0.5).to - zoomed(all, all, 1e-9, 0.5).from).toBe(1000);
});

test('an axis has round marks and not too many', () => {
  expect(axis(window(0, 100), 5)).toEqual([0, 20, 40, 60, 80, 100]);
  expect(axis(window(17, 23), 3)).toEqual([18, 20, 22]);
});

test('layers begin where their first span starts, the head too', () => {
  const {at, layer} = boundaries(some);
  expect([...at]).toEqual([0, 30, 90]);
  expect([...layer]).toEqual([0, 1, -1]);
});

test('the parts of a bar fill it exactly', () => {
  const r = resultOf({latency_ps: 600, resources: [{name: 'gpu', critical_ps: 100}, {name: 'link_in', critical_ps: 500}, {name: 'cpu', critical_ps: 0}]});
  const bar = barOf(r, 1200);
  expect(bar.width).toBe(0.5);
  expect(bar.segments.map((s) => s.resource)).toEqual(['gpu', 'link_in']);
  expect(bar.segments.reduce((w, s) => w + s.width, 0)).toBeCloseTo(bar.width, 12);
});

const layers = resultOf({layers: [{moe: false, tokens: null}, {moe: true, tokens: [1, 9, 4], hot: [0, 1, 0]}] as never}).layers;

test('dense layers have no row, and sorting by tokens puts the busiest first', () => {
  expect(rowsOf(layers, 'id').map((r) => [r.layer, r.experts])).toEqual([[1, [0, 1, 2]]]);
  expect(rowsOf(layers, 'tokens')[0]?.experts).toEqual([1, 2, 0]);
});

test('cells never get thinner than can be aimed at', () => {
  const wide = rowsOf(resultOf({layers: [{moe: true, tokens: Array.from({length: 512}, () => 1), hot: null}] as never}).layers, 'id');
  const grid = gridOf(wide, 340);
  expect(grid.cell.width).toBe(5);
  expect(grid.width).toBe(2560);
});

test('a point outside every cell is none, and arrows stay inside', () => {
  const grid = gridOf(rowsOf(layers, 'id'), 300);
  expect(cellAt(grid, 1, 1)).toEqual({row: 0, column: 0});
  expect(cellAt(grid, 1000, 1)).toBeNull();
  expect(moved(grid, null, 1, 0)).toEqual({row: 0, column: 0});
  expect(moved(grid, {row: 0, column: 2}, 1, 1)).toEqual({row: 0, column: 2});
});

test('no token is no shade, one token is a shade that is seen', () => {
  expect(shade(0, 100)).toBe(0);
  expect(shade(1, 1e6)).toBeGreaterThan(0.05);
  expect(shade(100, 100)).toBe(1);
});
