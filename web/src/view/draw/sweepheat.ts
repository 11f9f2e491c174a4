// The layout of a sweep's heat map (pure), and its drawing.

import type {Palette} from './palette';

/** One place of the map, by what is shown: 0, 0 is at the top left. */
export interface Place {
  readonly column: number;
  readonly row: number;
}

/** What is drawn at a place. */
export interface Spot extends Place {
  readonly share: number; // of the colours; not a number: the point has no such figure
  readonly text: string; // in the cell, where there is room
  readonly failed: boolean;
  readonly best: boolean;
}

/** Where the cells of a map are, in pixels. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly left: number; // of the first cell
  readonly top: number;
  readonly cell: {readonly width: number; readonly height: number};
  readonly width: number; // of everything
  readonly height: number;
}

/** More cells a side than this make no picture that a browser can hold. */
export const mostCells = 2000;

const least = {width: 6, height: 10};
const crowded = {width: 2, height: 2}; // where there are many
const most = {width: 120, height: 44};
const character = 6.7; // of a label, in pixels, about
const below = 22; // for the labels of columns

/** Fits a map into a width, or more than it where cells would be too narrow. */
export function layoutOf(columns: number, labels: readonly string[], available: number): Layout {
  const left = Math.min(available * 0.3, Math.max(24, ...labels.map((l) => l.length * character + 10)));
  const width = Math.min(most.width, Math.max(columns > 300 ? crowded.width : least.width, Math.floor((available - left - 8) / Math.max(1, columns))));
  const height = Math.min(most.height, Math.max(labels.length > 60 ? crowded.height : least.height, Math.floor((labels.length > 60 ? 600 : 400) / Math.max(1, labels.length))));
  return {columns, rows: labels.length, left, top: 4, cell: {width, height}, width: left + width * columns + 4, height: 4 + height * labels.length + below};
}

/** The place under a point. */
export function placeAt(l: Layout, x: number, y: number): Place | null {
  const [column, row] = [Math.floor((x - l.left) / l.cell.width), Math.floor((y - l.top) / l.cell.height)];
  return column >= 0 && row >= 0 && column < l.columns && row < l.rows ? {column, row} : null;
}

/** The place that a key leads to. */
export function stepped(l: Layout, at: Place | null, key: string): Place | null {
  if (l.columns === 0 || l.rows === 0) return null;
  const from = at ?? {column: 0, row: 0};
  const to = keys[key]?.(from, l);
  if (!to) return null;
  if (!at) return from;
  return {column: Math.min(l.columns - 1, Math.max(0, to.column)), row: Math.min(l.rows - 1, Math.max(0, to.row))};
}

const keys: Readonly<Record<string, (p: Place, l: Layout) => Place>> = {
  ArrowLeft: (p) => ({...p, column: p.column - 1}), ArrowRight: (p) => ({...p, column: p.column + 1}),
  ArrowUp: (p) => ({...p, row: p.row - 1}), ArrowDown: (p) => ({...p, row: p.row + 1}),
  Home: (p) => ({...p, column: 0}), End: (p, l) => ({...p, column: l.columns - 1}),
};

/** Which of so many labels have room: the first, and every n-th. */
export function labelled(count: number, each: number, wanted: number): number[] {
  const by = Math.max(1, Math.ceil(wanted / Math.max(1, each)));
  return Array.from({length: Math.ceil(count / by)}, (_, i) => i * by);
}

/** Whichever of two colours is read more easily on a third. */
export function legible(on: string, a: string, b: string): string {
  const of = light(on);
  return Math.abs(light(a) - of) >= Math.abs(light(b) - of) ? a : b;
}

/** How light a colour looks, 0 to 1; close enough to CIE's lightness to compare. */
function light(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return Math.cbrt(0.2126 * (r / 255) ** 2.2 + 0.7152 * (g / 255) ** 2.2 + 0.0722 * (b / 255) ** 2.2);
}

export interface Labels {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
}

/** Draws the map: what has not come yet is empty, what failed is hatched. */
export function drawMap(g: CanvasRenderingContext2D, l: Layout, spots: readonly Spot[], {columns, rows}: Labels, focus: Place | null, p: Palette): void {
  const {width, height} = l.cell;
  const small = Math.min(width, height);
  const gap = small >= 10 ? 2 : small >= 5 ? 1 : 0;
  g.strokeStyle = p.line;
  g.lineWidth = 1;
  g.strokeRect(l.left - 0.5, l.top - 0.5, width * l.columns + 1, height * l.rows + 1);
  for (const s of spots) drawSpot(g, l, s, gap, p);
  drawLabels(g, l, columns, rows, p);
  for (const s of spots) if (s.best) outline(g, l, s, p.hot, 3);
  if (focus) outline(g, l, focus, p.text, 3);
}

function drawSpot(g: CanvasRenderingContext2D, l: Layout, s: Spot, gap: number, p: Palette): void {
  const {width, height} = l.cell;
  const [x, y, w, h] = [l.left + s.column * width, l.top + s.row * height, width - gap, height - gap];
  if (Number.isNaN(s.share)) return hatch(g, x, y, w, h, s.failed ? p.colour('bad') || p.soft : p.line);
  const colour = p.heat(s.share);
  g.fillStyle = colour;
  g.fillRect(x, y, w, h);
  if (height < 18 || width < s.text.length * 6.6 + 6) return;
  g.fillStyle = legible(colour, p.text, p.back);
  g.font = '12px system-ui, sans-serif';
  g.textAlign = 'center';
  g.textBaseline = 'middle';
  g.fillText(s.text, x + w / 2, y + h / 2);
}

/** Diagonal lines in a frame: a pattern, so that no colour is needed. */
function hatch(g: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, colour: string): void {
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  g.strokeStyle = colour;
  g.lineWidth = 1.25;
  g.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  g.beginPath();
  for (let d = -h; d < w; d += 6) {
    g.moveTo(x + d, y + h);
    g.lineTo(x + d + h, y);
  }
  g.stroke();
  g.restore();
}

function outline(g: CanvasRenderingContext2D, l: Layout, {column, row}: Place, colour: string, wide: number): void {
  g.strokeStyle = colour;
  g.lineWidth = wide;
  g.strokeRect(l.left + column * l.cell.width - 1, l.top + row * l.cell.height - 1, l.cell.width, l.cell.height);
}

function drawLabels(g: CanvasRenderingContext2D, l: Layout, columns: readonly string[], rows: readonly string[], p: Palette): void {
  g.fillStyle = p.soft;
  g.font = '12px system-ui, sans-serif';
  g.textBaseline = 'middle';
  g.textAlign = 'right';
  for (const i of labelled(rows.length, l.cell.height, 15)) g.fillText(cut(rows[i] ?? '', l.left - 10), l.left - 6, l.top + (i + 0.5) * l.cell.height);
  g.textAlign = 'center';
  const wanted = Math.max(0, ...columns.map((c) => c.length)) * character + 8;
  for (const i of labelled(columns.length, l.cell.width, Math.min(wanted, l.cell.width * columns.length))) g.fillText(columns[i] ?? '', l.left + (i + 0.5) * l.cell.width, l.height - below / 2);
}

/** A label that is longer than its room, with dots. */
const cut = (text: string, room: number) => (text.length * character <= room ? text : `${text.slice(0, Math.max(1, Math.floor(room / character) - 1))}…`);
