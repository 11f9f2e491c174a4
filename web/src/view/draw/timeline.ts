// Draws a timeline. What is where comes from lanes.ts.

import {resource, time, work} from '../../base/format';
import {startOf} from '../../engine/engine';
import type {Columns} from '../../engine/engine';
import {axis, boundaries, boxesOf} from './lanes';
import type {Box, Lane, Window} from './lanes';
import type {Palette} from './palette';

export const gutter = 64; // for the names of the lanes
export const axisHeight = 22;
export const laneHeight = 34;
const pad = 3;

export interface Scene {
  readonly columns: Columns;
  readonly lanes: readonly Lane[];
  readonly marks: ReturnType<typeof boundaries>;
  readonly window: Window;
  readonly width: number; // of the canvas
  readonly focus: number; // span, or -1
}

export const heightOf = (lanes: readonly Lane[]) => axisHeight + Math.max(1, lanes.length) * laneHeight + 2;

const xOf = (s: Scene, t: number) => gutter + ((t - s.window.from) / (s.window.to - s.window.from)) * (s.width - gutter);

export function drawTimeline(g: CanvasRenderingContext2D, s: Scene, p: Palette): void {
  g.font = '12px system-ui, sans-serif';
  g.textBaseline = 'middle';
  drawAxis(g, s, p);
  drawLayers(g, s, p);
  s.lanes.forEach((lane, i) => drawLane(g, s, p, lane, axisHeight + i * laneHeight));
}

function drawAxis(g: CanvasRenderingContext2D, s: Scene, p: Palette): void {
  g.fillStyle = p.soft;
  g.strokeStyle = p.line;
  g.beginPath();
  for (const t of axis(s.window, Math.max(2, Math.floor((s.width - gutter) / 110)))) {
    const x = Math.round(xOf(s, t)) + 0.5;
    g.moveTo(x, axisHeight - 5);
    g.lineTo(x, axisHeight);
    g.textAlign = x > s.width - 30 ? 'right' : x < gutter + 20 ? 'left' : 'center';
    g.fillText(time(t), x, axisHeight / 2 - 2);
  }
  g.stroke();
  g.textAlign = 'left';
}

/** Layers begin at a line, where there is room for lines. */
function drawLayers(g: CanvasRenderingContext2D, s: Scene, p: Palette): void {
  const {at} = s.marks;
  const shown = at.filter((t) => t >= s.window.from && t <= s.window.to);
  if (shown.length > (s.width - gutter) / 6) return;
  g.strokeStyle = p.line;
  g.beginPath();
  for (const t of shown) {
    const x = Math.round(xOf(s, t)) + 0.5;
    g.moveTo(x, axisHeight);
    g.lineTo(x, heightOf(s.lanes));
  }
  g.stroke();
}

function drawLane(g: CanvasRenderingContext2D, s: Scene, p: Palette, lane: Lane, y: number): void {
  const name = s.columns.resources[lane.resource] ?? '';
  g.fillStyle = p.text;
  g.fillText(resource(name), 2, y + laneHeight / 2);
  const boxes = boxesOf(s.columns, lane, s.window, s.width - gutter);
  g.fillStyle = p.resource(name);
  for (const b of boxes) drawBox(g, s, b, y);
  for (const b of boxes) if (b.width > 44) drawLabel(g, s, p, b, y);
  const focus = s.columns.resource[s.focus] === lane.resource ? boxes.find((b) => b.span === s.focus) : undefined;
  if (focus) drawFocus(g, p, focus, y);
}

/** Experts are solid, other work of the same resource is lighter; a shared pixel is as strong as it is busy. */
function drawBox(g: CanvasRenderingContext2D, s: Scene, b: Box, y: number): void {
  const kind = s.columns.works[s.columns.work[b.span] ?? 0] ?? '';
  const solid = kind === 'expert' || kind.includes('move') ? 1 : 0.55;
  g.globalAlpha = b.busy < 1 ? 0.2 + 0.8 * b.busy : solid;
  g.fillRect(gutter + b.x, y + pad, b.width > 3 ? b.width - 0.75 : b.width, laneHeight - 2 * pad);
  g.globalAlpha = 1;
}

/** A label stands on a plate of the page's colour, so that it is readable on every colour. */
function drawLabel(g: CanvasRenderingContext2D, s: Scene, p: Palette, b: Box, y: number): void {
  const text = labelOf(s.columns, b.span);
  const width = g.measureText(text).width;
  if (width + 12 > b.width) return;
  const fill = g.fillStyle;
  g.fillStyle = p.back;
  g.fillRect(gutter + b.x + 4, y + laneHeight / 2 - 8, width + 6, 16);
  g.fillStyle = p.text;
  g.fillText(text, gutter + b.x + 7, y + laneHeight / 2 + 0.5);
  g.fillStyle = fill;
}

function drawFocus(g: CanvasRenderingContext2D, p: Palette, b: Box, y: number): void {
  g.strokeStyle = p.text;
  g.lineWidth = 2;
  g.strokeRect(gutter + b.x - 1, y + 1, Math.max(b.width, 2) + 2, laneHeight - 2);
  g.lineWidth = 1;
}

function labelOf(c: Columns, span: number): string {
  const expert = c.expert[span] ?? -1;
  return work(c.works[c.work[span] ?? 0] ?? '') + (expert >= 0 ? ` e${expert}` : '');
}

/** A span in words. */
export function describe(c: Columns, span: number, layerName: (layer: number) => string): string {
  const name = resource(c.resources[c.resource[span] ?? 0] ?? '');
  const expert = c.expert[span] ?? -1;
  const what = work(c.works[c.work[span] ?? 0] ?? '') + (expert >= 0 ? `, expert ${expert}` : '');
  const start = startOf(c, span);
  const length = (c.end[span] ?? start) - start;
  return `${name}: ${what}, ${layerName(c.layer[span] ?? 0)}, pass ${c.pass[span] ?? 0}; ${time(length as typeof start)} from ${time(start)}`;
}
