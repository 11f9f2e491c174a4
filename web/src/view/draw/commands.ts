// Draws the commands of a channel. What is where comes from picture.ts and layout.ts.

import {count} from '../../base/format';
import {drawBlock, drawGlyph, inkOf} from './glyphs';
import type {Ink} from './glyphs';
import {axisHeight, labelOf} from './layout';
import type {Layout, Placed} from './layout';
import type {Palette} from './palette';
import {coverage, dataAt, firstAfter, kindOf, moves, nameOf} from './picture';
import type {Focus, Picture} from './picture';
import {axis} from './window';
import type {Span} from './window';

export const gutter = 62; // for the names of the lanes

/** Bursts narrower than this are drawn as a density. */
const distinct = 2.5;

export interface Scene {
  readonly picture: Picture;
  readonly layout: Layout;
  readonly window: Span<number>; // clocks
  readonly width: number; // of the canvas
  readonly focus: Focus | null;
}

/** Pixels a clock. */
const scaleOf = (s: Scene) => (s.width - gutter) / (s.window.to - s.window.from);

const xOf = (s: Scene, clock: number) => gutter + (clock - s.window.from) * scaleOf(s);

export function drawCommands(g: CanvasRenderingContext2D, s: Scene, p: Palette): void {
  const ink = inkOf(g, p);
  g.font = '12px system-ui, sans-serif';
  g.textBaseline = 'middle';
  drawAxis(g, s, p);
  for (const at of s.layout.placed) drawNames(g, s, p, at);
  g.save();
  g.beginPath();
  g.rect(gutter, 0, s.width - gutter, s.layout.height);
  g.clip();
  for (const at of s.layout.placed) {
    if (at.lane.kind === 'bank') drawBank(g, s, ink, at);
    else drawUse(g, s, ink, at);
  }
  drawUnknown(g, s, p);
  drawFocus(g, s, p);
  g.restore();
}

function drawAxis(g: CanvasRenderingContext2D, s: Scene, p: Palette): void {
  g.fillStyle = p.soft;
  g.strokeStyle = p.line;
  g.fillText('clock', 2, axisHeight / 2);
  g.beginPath();
  for (const t of axis(s.window, Math.max(2, Math.floor((s.width - gutter) / 80)), 1)) {
    const x = Math.round(xOf(s, t)) + 0.5;
    g.moveTo(x, axisHeight - 4);
    g.lineTo(x, s.layout.height);
    g.textAlign = x > s.width - 30 ? 'right' : x < gutter + 24 ? 'left' : 'center';
    g.fillText(count(t), x, axisHeight / 2 - 1);
  }
  g.stroke();
  g.textAlign = 'left';
}

function drawNames(g: CanvasRenderingContext2D, s: Scene, p: Palette, {lane, y, height}: Placed): void {
  const {name, group} = labelOf(s.picture.sight, lane);
  g.fillStyle = p.text;
  g.fillText(group, 2, y + height / 2);
  g.textAlign = 'right';
  g.fillStyle = p.soft;
  g.fillText(name, gutter - 6, y + height / 2);
  g.textAlign = 'left';
}

function drawBank(g: CanvasRenderingContext2D, s: Scene, ink: Ink, at: Placed): void {
  const {y, height, lane} = at;
  g.fillStyle = ink.track;
  g.fillRect(gutter, y + 1, s.width - gutter, height - 2);
  g.fillStyle = ink.open;
  for (const r of s.picture.open[lane.bank] ?? []) {
    if (r.to > s.window.from && r.from < s.window.to) g.fillRect(xOf(s, r.from), y + 1, (r.to - r.from) * scaleOf(s), height - 2);
  }
  drawBursts(g, s, ink, at, 2.5);
  for (let k = firstAfter(lane, s.window.from); k < lane.start.length && (lane.start[k] ?? 0) < s.window.to; k++) {
    const i = lane.item[k] ?? 0;
    const [x, width] = [xOf(s, lane.start[k] ?? 0), ((lane.end[k] ?? 0) - (lane.start[k] ?? 0)) * scaleOf(s)];
    const kind = kindOf(s.picture, i);
    if (!moves(kind)) drawGlyph(g, ink, {kind, half: nameOf(s.picture, i) === 'ACT1', x, y, width, height, scale: scaleOf(s)});
  }
}

/** How much the data bus and the arrays are used, over the line that is full use. */
function drawUse(g: CanvasRenderingContext2D, s: Scene, ink: Ink, at: Placed): void {
  g.fillStyle = ink.track;
  g.fillRect(gutter, at.y, s.width - gutter, at.height);
  if (at.lane.kind === 'bus') return drawBursts(g, s, ink, at, 0);
  const cover = coverage(at.lane, s.window.from, s.window.to, s.width - gutter);
  g.fillStyle = ink.arrays;
  cover.forEach((c, x) => c > 0 && g.fillRect(gutter + x, at.y + at.height * (1 - c), 1, at.height * c));
}

/** The bursts of a lane: block by block where there is room; else a density, which in the bus' lane is a height. */
function drawBursts(g: CanvasRenderingContext2D, s: Scene, ink: Ink, {lane, y, height}: Placed, inset: number): void {
  const {picture: p, window: w} = s;
  if (p.sight.BL * scaleOf(s) >= distinct) {
    for (let k = firstAfter(lane, w.from); k < lane.start.length && (lane.start[k] ?? 0) < w.to; k++) {
      const i = lane.item[k] ?? 0;
      const kind = kindOf(p, i);
      if (moves(kind)) drawBlock(g, ink, kind, {x: xOf(s, lane.start[k] ?? 0), y: y + inset, width: p.sight.BL * scaleOf(s), height: height - 2 * inset}, p.burst[i] ?? -1);
    }
    return;
  }
  for (const kind of ['RD', 'WR'] as const) {
    const cover = coverage(lane, w.from, w.to, s.width - gutter, (i) => kindOf(p, i) === kind);
    g.fillStyle = ink[kind];
    cover.forEach((c, x) => {
      if (c === 0) return;
      const full = height - 2 * inset;
      const tall = lane.kind === 'bus' ? full * c : full;
      g.globalAlpha = lane.kind === 'bus' ? 1 : 0.45 + 0.55 * c;
      g.fillRect(gutter + x, y + inset + full - tall, 1, tall);
    });
    g.globalAlpha = 1;
  }
}

/** What was not looked at yet. */
function drawUnknown(g: CanvasRenderingContext2D, s: Scene, p: Palette): void {
  const {from, to} = s.picture.sight;
  const gaps = [[s.window.from, Math.min(from, s.window.to)], [Math.max(to, s.window.from), s.window.to]] as const;
  for (const [a, b] of gaps) {
    if (b <= a) continue;
    g.fillStyle = p.back;
    g.fillRect(xOf(s, a), axisHeight, (b - a) * scaleOf(s), s.layout.height);
    g.fillStyle = p.soft;
    if ((b - a) * scaleOf(s) > 80) g.fillText('looking…', xOf(s, a) + 12, axisHeight + 24);
  }
}

/** Outlines the item, and joins a burst's command with its data. */
function drawFocus(g: CanvasRenderingContext2D, s: Scene, p: Palette): void {
  const at = s.focus && s.layout.placed[s.focus.lane];
  if (!s.focus || !at) return;
  const {lane} = at;
  const [start, end, item] = [lane.start[s.focus.at] ?? 0, lane.end[s.focus.at] ?? 0, lane.item[s.focus.at] ?? 0];
  g.strokeStyle = p.text;
  g.lineWidth = 2;
  outline(g, s, at, start, end);
  if (lane.kind !== 'arrays' && moves(kindOf(s.picture, item))) joinData(g, s, item);
  g.lineWidth = 1;
}

function outline(g: CanvasRenderingContext2D, s: Scene, {y, height}: Placed, start: number, end: number): void {
  const width = Math.max(7, (end - start) * scaleOf(s) + 2);
  const middle = xOf(s, (start + end) / 2);
  g.strokeRect(middle - width / 2, y + 0.5, width, height - 1);
}

function joinData(g: CanvasRenderingContext2D, s: Scene, item: number): void {
  const {picture: p, layout} = s;
  const [bank, bus] = [layout.placed[p.bank[item] ?? 0], layout.placed.find((l) => l.lane.kind === 'bus')];
  if (!bank || !bus) return;
  const [from, to] = [p.clock[item] ?? 0, dataAt(p, item)];
  outline(g, s, bank, from, from + p.sight.BL);
  outline(g, s, bus, to, to + p.sight.BL);
  g.setLineDash([4, 3]);
  g.beginPath();
  g.moveTo(xOf(s, from + p.sight.BL / 2), bank.y + bank.height);
  g.lineTo(xOf(s, to + p.sight.BL / 2), bus.y);
  g.stroke();
  g.setLineDash([]);
}
