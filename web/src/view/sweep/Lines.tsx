import {useId, useMemo, useState} from 'preact/hooks';
import {plural} from '../../base/format';
import {titleOf, valueText} from '../../state/sweepfields';
import {seriesOf} from '../../state/sweepgrid';
import type {Series} from '../../state/sweepgrid';
import {bestOf, figureOf} from '../../state/sweepmetrics';
import {useStore} from '../../state/store';
import {Plot, outline, path} from '../plot/Plot';
import type {Frame, Shape} from '../plot/Plot';
import type {SweepRow} from '../../wire.gen';
import {Catch} from './Catch';
import {openPoint} from './open';
import type {ShadedProps} from './Picture';
import {hint, pointText} from './read';
import {metricAxis, scaleOf} from './scales';
import type {Scale} from './scales';

/** How many lines can be told apart. */
const most = 12;

const shapes: readonly Shape[] = ['circle', 'square', 'triangle', 'diamond'];
const lineOf = (n: number) => `series series-${n % 6}${n >= 6 ? ' dashed' : ''}`;

/** More points than this have no marks of their own, so that drawing stays quick. */
const marked = 600;

interface At {
  readonly line: number;
  readonly point: number;
}

/** A grid's points over one axis, a line for each value of a second. */
export function Lines(props: ShadedProps & {readonly y: number | null}) {
  const {state, fields, grid, metric, cells, shades, x, y} = props;
  const store = useStore();
  const id = useId();
  const [focus, setFocus] = useState<At | null>(null);
  const all = useMemo(() => seriesOf(grid, cells, y, metric).filter((s) => s.cells.length > 0), [cells, y, metric]);
  const lines = all.slice(0, most);
  const scale = useMemo(() => scaleOf(fields[x]!, grid.dims[x]!.values), [grid, x]);
  const dense = lines.reduce((n, l) => n + l.cells.length, 0) > marked;
  const best = bestOf(metric, lines.flatMap((l) => l.cells.map((c) => c.row)), 1)[0];
  const at = focus ? lines[focus.line]?.cells[focus.point] : undefined;
  const open = (row = at?.row) => row && void openPoint(store, state, row);
  const key = (e: KeyboardEvent) => {
    if (e.key === 'Enter') open();
    const next = stepTo(lines, focus, e.key);
    if (!next && e.key !== 'Enter') return;
    e.preventDefault();
    if (next) setFocus(next);
  };
  const label = `${metric.title} by ${titleOf(fields[x]!)}: ${plural(lines.length, 'line')}, from ${metric.text(shades.low)} to ${metric.text(shades.high)}`;
  return (
    <div class="sweep-lines">
      {y !== null && <ul class="legend"><li>{fields[y]!.title}:</li>{lines.map((l, n) => <li key={n}><svg width="30" height="14" aria-hidden="true"><g class={lineOf(n)}><path class="line" d="M0 7H30" /><path d={outline(shapes[n % 4]!, 15, 7, 4)} /></g></svg>{valueText(fields[y]!, l.value ?? '')}</li>)}</ul>}
      {all.length > most && <p class="note">The first {most} of {all.length} lines; a map shows all.</p>}
      <div class="plot-box" role="application" tabIndex={0} aria-label={label} aria-describedby={id} onKeyDown={key}>
        <Plot x={scale.axis} y={metricAxis(metric, shades)} height={380}>
          {(f) => (
            <>
              {lines.map((l, n) => <Line key={n} n={n} line={l} scale={scale} f={f} props={props} dense={dense} at={at?.row.index} best={best?.index} aim={(point) => setFocus({line: n, point})} open={(point) => open(l.cells[point]?.row)} />)}
              {dense && <Catch f={f} rows={lines.flatMap((l) => l.cells.map((c) => c.row))} at={(r) => [f.x(scale.at(r.values[x]!)), f.y(figureOf(metric, r))]} aim={(r) => setFocus(whereOf(lines, r))} open={(r) => r && open(r)} />}
            </>
          )}
        </Plot>
      </div>
      <p class="readout" id={id} aria-live="polite">{at ? pointText(fields, metric, at.row) : hint}</p>
    </div>
  );
}

interface LineProps {
  readonly n: number;
  readonly line: Series;
  readonly scale: Scale;
  readonly f: Frame;
  readonly props: ShadedProps;
  readonly dense: boolean;
  readonly at: number | undefined;
  readonly best: number | undefined;
  readonly aim: (point: number) => void;
  readonly open: (point: number) => void;
}

function Line({n, line, scale, f, props: {grid, metric, x}, dense, at, best, aim, open}: LineProps) {
  const points = line.cells.map((c) => [f.x(scale.at(grid.dims[x]!.values[c.x]!)), f.y(figureOf(metric, c.row))] as const);
  return (
    <g class={lineOf(n)} aria-hidden="true">
      <path class="line" d={path(points)} />
      {line.cells.map(({row}, i) => {
        const [px, py] = points[i]!;
        const kind = row.index === at ? 'aimed' : row.index === best ? 'best' : '';
        if (dense && kind === '') return null;
        return (
          <g key={row.index} class={kind}>
            <path d={outline(shapes[n % 4]!, px, py, kind ? 7 : 4)} />
            <circle class="reach" cx={px} cy={py} r={12} onPointerMove={() => aim(i)} onClick={() => open(i)} />
          </g>
        );
      })}
    </g>
  );
}

/** Where a row is among the lines. */
function whereOf(lines: readonly Series[], row: SweepRow | null): At | null {
  const line = lines.findIndex((l) => l.cells.some((c) => c.row === row));
  return line < 0 ? null : {line, point: lines[line]!.cells.findIndex((c) => c.row === row)};
}

/** The point that a key leads to: along a line, or to the next line. */
function stepTo(lines: readonly Series[], at: At | null, key: string): At | null {
  if (!key.startsWith('Arrow') || lines.length === 0) return null;
  if (!at) return {line: 0, point: 0};
  const line = Math.min(lines.length - 1, Math.max(0, at.line + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0)));
  const last = (lines[line]?.cells.length ?? 1) - 1;
  return {line, point: Math.min(last, Math.max(0, at.point + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0)))};
}
