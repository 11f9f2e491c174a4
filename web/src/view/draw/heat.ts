// The layout of the heat map (pure), and its drawing.

import type {Layer} from '../../wire.gen';
import type {Palette} from './palette';

export type Order = 'id' | 'tokens';

/** One MoE layer: its experts in the order in which they are drawn. */
export interface Row {
  readonly layer: number; // index in report.layers
  readonly experts: readonly number[];
  readonly tokens: readonly number[]; // by expert
  readonly hot: readonly number[]; // passes in which the GPU computed it
  readonly passes: number;
  readonly most: number;
}

export interface Grid {
  readonly rows: readonly Row[];
  readonly columns: number;
  readonly cell: {readonly width: number; readonly height: number};
  readonly width: number;
  readonly height: number;
}

const least = 5; // pixels an expert

/** The rows of a report's MoE layers. */
export function rowsOf(layers: readonly Layer[], order: Order): Row[] {
  return layers.flatMap((l, layer) => {
    if (!l.tokens) return [];
    const {tokens} = l;
    const experts = tokens.map((_, e) => e);
    if (order === 'tokens') experts.sort((a, b) => (tokens[b] ?? 0) - (tokens[a] ?? 0) || a - b);
    return [{layer, experts, tokens, hot: l.hot ?? [], passes: l.passes, most: Math.max(0, ...tokens)}];
  });
}

/** Fits the rows into a width, or more than it where cells would be too narrow. */
export function gridOf(rows: readonly Row[], available: number): Grid {
  const columns = Math.max(1, ...rows.map((r) => r.experts.length));
  const width = Math.min(96, Math.max(least, (available - 6) / columns));
  const height = Math.min(28, Math.max(8, Math.floor(360 / Math.max(1, rows.length))));
  return {rows, columns, cell: {width, height}, width: width * columns, height: height * rows.length};
}

/** How dark a cell is: the square root shows both the busy and the rare. */
export const shade = (tokens: number, most: number) => (tokens <= 0 || most <= 0 ? 0 : 0.08 + 0.92 * Math.sqrt(tokens / most));

/** Whether an expert was hot in at least half of the passes; with one pass, in that one. */
export const isHot = (row: Row, expert: number) => (row.hot[expert] ?? 0) * 2 >= Math.max(1, row.passes);

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The cell under a point. */
export function cellAt(g: Grid, x: number, y: number): Cell | null {
  const [row, column] = [Math.floor(y / g.cell.height), Math.floor(x / g.cell.width)];
  const inside = row >= 0 && column >= 0 && column < (g.rows[row]?.experts.length ?? 0);
  return inside ? {row, column} : null;
}

/** The cell that a key leads to. */
export function moved(g: Grid, at: Cell | null, dx: number, dy: number): Cell | null {
  if (g.rows.length === 0) return null;
  if (!at) return {row: 0, column: 0};
  const row = Math.min(g.rows.length - 1, Math.max(0, at.row + dy));
  const last = (g.rows[row]?.experts.length ?? 1) - 1;
  return {row, column: Math.min(last, Math.max(0, at.column + dx))};
}

export function drawHeat(g: CanvasRenderingContext2D, grid: Grid, most: number, focus: Cell | null, p: Palette): void {
  const {width, height} = grid.cell;
  const gap = width >= 8 ? 1 : 0;
  grid.rows.forEach((row, r) => {
    row.experts.forEach((expert, c) => {
      g.fillStyle = p.heat(shade(row.tokens[expert] ?? 0, most));
      const x = Math.round(c * width);
      g.fillRect(x, r * height, Math.round((c + 1) * width) - x - gap, height - 1);
    });
    outlineHot(g, grid, row, r, p);
  });
  if (!focus) return;
  g.strokeStyle = p.text;
  g.lineWidth = 3;
  g.strokeRect(focus.column * width - 0.5, focus.row * height - 0.5, width + 1, height + 1);
}

function outlineHot(g: CanvasRenderingContext2D, grid: Grid, row: Row, r: number, p: Palette): void {
  const {width, height} = grid.cell;
  g.strokeStyle = p.hot;
  g.lineWidth = width >= 10 ? 2 : 1.5;
  row.experts.forEach((expert, c) => {
    if (isHot(row, expert)) g.strokeRect(Math.round(c * width) + 1, r * height + 1, width - 2.5, height - 3);
  });
}
