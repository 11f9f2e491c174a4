import {useEffect, useId, useMemo, useRef, useState} from 'preact/hooks';
import {count, plural} from '../base/format';
import type {Result} from '../engine/engine';
import {theme} from '../state/theme';
import {cellAt, drawHeat, gridOf, isHot, moved, rowsOf} from './draw/heat';
import type {Cell, Grid, Order, Row} from './draw/heat';
import {paletteOf, prepare} from './draw/palette';
import {Figure, Table} from './Figure';
import {layerName} from './names';
import {useColours, useWidth} from './useSize';

/** Tokens of every expert in every MoE layer. */
export function HeatMap({report}: {readonly report: Result}) {
  const [order, setOrder] = useState<Order>('id');
  const rows = useMemo(() => rowsOf(report.layers, order), [report.layers, order]);
  if (rows.length === 0) return null;
  const hot = rows.some((r) => r.experts.some((e) => isHot(r, e)));
  const often = rows.some((r) => r.passes > 1) ? ' in at least half of the passes' : '';
  const note = `A row a MoE layer, a cell an expert; the stronger the colour, the more tokens. ${hot ? `Outlined experts moved to the GPU${often}.` : `No expert moved to the GPU${often}.`}`;
  const tools = (
    <label class="inline">Sort by
      <select value={order} onChange={(e) => setOrder(e.currentTarget.value === 'tokens' ? 'tokens' : 'id')}>
        <option value="id">expert</option>
        <option value="tokens">tokens</option>
      </select>
    </label>
  );
  return (
    <Figure title="Tokens per expert" note={note} tools={tools} table={() => <HeatTable report={report} rows={rows} />}>
      <Picture report={report} rows={rows} />
    </Figure>
  );
}

function Picture({report, rows}: {readonly report: Result; readonly rows: readonly Row[]}) {
  const hint = useId();
  const {ref, width} = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [focus, setFocus] = useState<Cell | null>(null);
  const colours = useColours();
  const grid = useMemo(() => gridOf(rows, width), [rows, width]);
  const most = useMemo(() => Math.max(0, ...rows.map((r) => r.most)), [rows]);
  useEffect(() => {
    const g = canvas.current && width > 0 && prepare(canvas.current, grid.width + 2, grid.height + 2);
    if (g && ref.current) drawHeat(g, grid, most, focus, paletteOf(ref.current));
  }, [grid, focus, colours, theme.value]);
  const go = (e: KeyboardEvent) => {
    const step = steps[e.key];
    if (!step) return;
    e.preventDefault();
    const next = moved(grid, focus, step[0], step[1]);
    setFocus(next);
    if (next && ref.current) keepInView(ref.current, next.column * grid.cell.width, grid.cell.width);
  };
  const most1 = `${count(most)} ${most === 1 ? 'token' : 'tokens'} at most`;
  return (
    <>
      <div
        ref={ref} class="canvas-box heat" role="application" tabIndex={0} aria-describedby={hint} onKeyDown={go}
        aria-label={`Heat map: ${plural(rows.length, 'MoE layer')} of ${plural(grid.columns, 'expert')}, ${most1}`}
      >
        <canvas
          ref={canvas} aria-hidden="true" style={{width: `${grid.width + 2}px`, height: `${grid.height + 2}px`}}
          onPointerMove={(e) => setFocus(cellAt(grid, e.offsetX, e.offsetY))} onPointerLeave={() => setFocus(null)}
        />
      </div>
      <div class="scale" aria-hidden="true"><span>0</span><span class="ramp" /><span>{count(most)} tokens</span><span class="hot-key" />hot</div>
      <p class="readout" id={hint} aria-live="polite">{read(report, grid, focus)}</p>
    </>
  );
}

const steps: Readonly<Record<string, readonly [dx: number, dy: number]>> = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

function keepInView(box: HTMLElement, x: number, width: number): void {
  if (x < box.scrollLeft) box.scrollLeft = x;
  else if (x + width > box.scrollLeft + box.clientWidth) box.scrollLeft = x + width - box.clientWidth;
}

function read(report: Result, grid: Grid, at: Cell | null): string {
  const row = at && grid.rows[at.row];
  const expert = at && row?.experts[at.column];
  if (!row || expert === undefined || expert === null) return 'Point at a cell, or use the arrow keys, to read it.';
  const passes = row.hot[expert] ?? 0;
  const where = passes > 0 ? `, moved to the GPU in ${plural(passes, 'pass', 'passes')}` : '';
  return `${layerName(report.layers, row.layer)}, expert ${expert}: ${plural(row.tokens[expert] ?? 0, 'token')}${where}`;
}

function HeatTable({report, rows}: {readonly report: Result; readonly rows: readonly Row[]}) {
  const [chosen, choose] = useState(0);
  const row = rows[chosen] ?? rows[0];
  if (!row) return null;
  return (
    <>
      <label class="inline">Layer
        <select value={String(chosen)} onChange={(e) => choose(Number(e.currentTarget.value))}>
          {rows.map((r, i) => <option key={r.layer} value={String(i)}>{layerName(report.layers, r.layer)}</option>)}
        </select>
      </label>
      <Table
        caption={`Tokens per expert, ${layerName(report.layers, row.layer)}`} rows={row.experts}
        columns={[
          {title: 'Expert', cell: (e) => e},
          {title: 'Tokens', cell: (e) => count(row.tokens[e] ?? 0)},
          {title: 'Passes on the GPU', cell: (e) => count(row.hot[e] ?? 0)},
        ]}
      />
    </>
  );
}
