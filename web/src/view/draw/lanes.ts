// Where the spans of a timeline are: pure, and fast for a million of them.

import {picoseconds} from '../../base/units';
import type {Picoseconds} from '../../base/units';
import type {Columns} from '../../engine/engine';
import {zoomed as scaled} from './window';
import type {Span} from './window';

export {axis, panned} from './window';

/** The spans of one resource, in order of their start. */
export interface Lane {
  readonly resource: number;
  readonly spans: Int32Array; // indices into the columns
}

/** What part of the time is shown. */
export type Window = Span<Picoseconds>;

/** The lanes of the resources that did anything, in the report's order. */
export function lanesOf(c: Columns): Lane[] {
  const all = c.resources.map((): number[] => []);
  for (let i = 0; i < c.start.length; i++) all[c.resource[i] ?? 0]?.push(i);
  const by = (a: number, b: number) => (c.start[a] ?? 0) - (c.start[b] ?? 0);
  return all.map((list, resource) => ({resource, spans: Int32Array.from(list.sort(by))})).filter((l) => l.spans.length > 0);
}

/** Everything that there is. */
export function extent(c: Columns): Window {
  let to = 1;
  for (const end of c.end) if (end > to) to = end;
  return {from: picoseconds(0), to: picoseconds(to)};
}

/** The position in a lane of the first span that ends after t. Spans of a lane do not overlap. */
export function firstAfter(c: Columns, lane: Lane, t: Picoseconds): number {
  let [lo, hi] = [0, lane.spans.length];
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if ((c.end[lane.spans[mid] ?? 0] ?? 0) > t) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

/** A box to draw: one span, or a pixel that several thin ones share. */
export interface Box {
  readonly span: number; // the first of them
  readonly x: number;
  readonly width: number;
  readonly busy: number; // the share of the box that spans cover
}

/**
 * The boxes of a lane in a window of the given width in pixels. Spans thinner
 * than a pixel share the box of their pixel, so there are at most two a pixel.
 */
export function boxesOf(c: Columns, lane: Lane, w: Window, width: number): Box[] {
  const scale = width / (w.to - w.from);
  const boxes: Box[] = [];
  for (let i = firstAfter(c, lane, w.from); i < lane.spans.length; i++) {
    const span = lane.spans[i] ?? 0;
    const start = c.start[span] ?? 0;
    if (start >= w.to) break;
    const x = Math.max(0, (start - w.from) * scale);
    const length = Math.min(width, ((c.end[span] ?? 0) - w.from) * scale) - x;
    if (length >= 1) boxes.push({span, x, width: length, busy: 1});
    else addThin(boxes, span, Math.floor(x), length);
  }
  return boxes;
}

function addThin(boxes: Box[], span: number, pixel: number, length: number): void {
  const last = boxes[boxes.length - 1];
  if (last && last.x === pixel && last.busy < 1) boxes[boxes.length - 1] = {...last, busy: Math.min(0.999, last.busy + length)};
  else boxes.push({span, x: pixel, width: 1, busy: Math.min(0.999, length)});
}

/** The span of a lane at time t, or -1; a near one within slack counts. */
export function spanAt(c: Columns, lane: Lane, t: Picoseconds, slack: Picoseconds): number {
  const i = firstAfter(c, lane, picoseconds(t - slack));
  const span = lane.spans[i];
  return span !== undefined && (c.start[span] ?? 0) <= t + slack ? span : -1;
}

/** The span that takes the keyboard from one to its neighbour, or into another lane. */
export function neighbour(c: Columns, lanes: readonly Lane[], span: number, along: number, across: number): number {
  const l = Math.max(0, lanes.findIndex((lane) => lane.resource === c.resource[span]));
  const lane = lanes[Math.min(lanes.length - 1, Math.max(0, l + across))];
  if (!lane || lane.spans.length === 0) return -1;
  const middle = picoseconds(((c.start[span] ?? 0) + (c.end[span] ?? 0)) / 2);
  const near = across === 0 ? lane.spans.indexOf(span) : firstAfter(c, lane, middle);
  return lane.spans[Math.min(lane.spans.length - 1, Math.max(0, near + along))] ?? -1;
}

/** The window scaled by factor around a point at share x of it: never shorter than a nanosecond. */
export const zoomed = (w: Window, all: Window, factor: number, x: number): Window => scaled(w, all, factor, x, {least: 1000});

/** When each layer of each pass starts, in order; layers that no span names are left out. */
export function boundaries(c: Columns): {readonly at: Float64Array; readonly layer: Int32Array} {
  const first = new Map<number, number>();
  for (let i = 0; i < c.start.length; i++) {
    const key = (c.pass[i] ?? 0) * 65536 + (c.layer[i] ?? 0) + 1; // the head is layer -1
    const start = c.start[i] ?? 0;
    const known = first.get(key);
    if (known === undefined || start < known) first.set(key, start);
  }
  const sorted = [...first].sort((a, b) => a[1] - b[1]);
  return {at: Float64Array.from(sorted, ([, t]) => t), layer: Int32Array.from(sorted, ([key]) => (key % 65536) - 1)};
}
