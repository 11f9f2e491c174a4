import {useId, useMemo, useState} from 'preact/hooks';
import type {ComponentChildren} from 'preact';
import {count, plural} from '../../base/format';
import {bestOf, figureOf, shadesOf, shareOf} from '../../state/sweepmetrics';
import type {Metric, Shades} from '../../state/sweepmetrics';
import {useStore} from '../../state/store';
import type {SweepRow} from '../../wire.gen';
import {Figure} from '../Figure';
import {Plot, outline} from '../plot/Plot';
import type {Frame} from '../plot/Plot';
import {Catch} from './Catch';
import type {Place} from './Catch';
import {openPoint} from './open';
import type {PictureProps} from './Picture';
import {Ramp} from './Ramp';
import {hint, pointText} from './read';
import {metricAxis, scaleOf} from './scales';
import {ScatterTable} from './ScatterTable';
import {Select} from './Select';

interface ScatterProps extends PictureProps {
  readonly metric: Metric;
  readonly picker: ComponentChildren;
}

/** Drawn points over two axes, or over one and their figure; the colour is the figure. */
export function Scatter(props: ScatterProps) {
  const {state, rows, fields, metric, picker} = props;
  const [x, setX] = useState(0);
  const [up, setUp] = useState(fields.length > 1 ? '1' : 'figure');
  const y = up === 'figure' || Number(up) === x ? null : Number(up);
  const shades = useMemo(() => shadesOf(rows.map((r) => figureOf(metric, r))), [rows, metric]);
  const bad = rows.filter((r) => !r.result).length;
  const axes = fields.map((f, i): readonly [string, string] => [String(i), f.title]);
  const tools = (
    <>
      {picker}
      {fields.length > 1 && <Select label="Across" value={String(x)} options={axes} onPick={(v) => setX(Number(v))} />}
      {fields.length > 1 && <Select label="Up" value={y === null ? 'figure' : String(y)} options={[...axes.filter(([v]) => v !== String(x)), ['figure', metric.title]]} onPick={setUp} />}
    </>
  );
  const note = `Each dot is a point; ${metric.better} is better.${bad > 0 ? ` ${plural(bad, 'point')} of ${count(rows.length)} could not be simulated: crosses.` : ''} Choose a dot to open it as a scenario.`;
  return (
    <Figure title={`${metric.title} of ${plural(state.points, 'point')}`} note={note} tools={tools} table={() => <ScatterTable {...props} />}>
      {shades ? <Dots {...props} shades={shades} x={x} y={y} /> : <p class="verdict plain">No point has this figure yet.</p>}
    </Figure>
  );
}

interface DotsProps extends ScatterProps {
  readonly shades: Shades;
  readonly x: number;
  readonly y: number | null; // null: the figure
}

/** Into how many colours dots are sorted: one path each. */
const bins = 16;

function Dots(props: DotsProps) {
  const {state, rows, fields, metric, shades, x, y} = props;
  const store = useStore();
  const id = useId();
  const [aimed, setAimed] = useState<SweepRow | null>(null);
  const sx = useMemo(() => scaleOf(fields[x]!, rows.map((r) => r.values[x]!)), [rows, x]);
  const sy = useMemo(() => (y === null ? {axis: metricAxis(metric, shades), at: Number} : scaleOf(fields[y]!, rows.map((r) => r.values[y]!))), [rows, y, metric, shades]);
  const shown = useMemo(() => (y === null ? rows.filter((r) => Number.isFinite(figureOf(metric, r))) : rows), [rows, y, metric]);
  const at = (f: Frame, r: SweepRow) => [f.x(sx.at(r.values[x]!)), f.y(y === null ? figureOf(metric, r) : sy.at(r.values[y]!))] as const;
  const open = (row: SweepRow | null) => row?.result && void openPoint(store, state, row);
  const key = (e: KeyboardEvent) => {
    const along = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    const across = e.key === 'ArrowUp' ? 1 : e.key === 'ArrowDown' ? -1 : 0;
    if (e.key === 'Enter') open(aimed);
    if (along === 0 && across === 0 && e.key !== 'Enter') return;
    e.preventDefault();
    if (along !== 0) setAimed(next(shown, aimed, (r) => sx.at(r.values[x]!), along));
    if (across !== 0) setAimed(next(shown, aimed, (r) => (y === null ? figureOf(metric, r) : sy.at(r.values[y]!)), across));
  };
  return (
    <div class="sweep-dots">
      <div class="plot-box" role="application" tabIndex={0} aria-describedby={id} onKeyDown={key} aria-label={`${plural(shown.length, 'point')} over ${sx.axis.title} and ${sy.axis.title}, ${metric.title} from ${metric.text(shades.low)} to ${metric.text(shades.high)}`}>
        <Plot x={sx.axis} y={sy.axis} height={400}>
          {(f) => (
            <>
              <Cloud rows={shown} metric={metric} shades={shades} at={(r) => at(f, r)} frame={f} />
              {aimed && <path class="dot-aimed" d={outline('circle', ...at(f, aimed), 8)} />}
              <Catch f={f} rows={shown} at={(r) => at(f, r)} aim={setAimed} open={open} />
            </>
          )}
        </Plot>
      </div>
      <Ramp metric={metric} shades={shades} failed={false} />
      <p class="readout" id={id} aria-live="polite">{aimed ? pointText(fields, metric, aimed) : hint}</p>
    </div>
  );
}

/** The row that follows another by some order. */
function next(rows: readonly SweepRow[], from: SweepRow | null, by: (r: SweepRow) => number, step: number): SweepRow | null {
  const sorted = [...rows].sort((a, b) => by(a) - by(b) || a.index - b.index);
  const i = from ? sorted.findIndex((r) => r.index === from.index) : -1;
  return sorted[i < 0 ? 0 : Math.min(sorted.length - 1, Math.max(0, i + step))] ?? null;
}

interface CloudProps {
  readonly rows: readonly SweepRow[];
  readonly metric: Metric;
  readonly shades: Shades;
  readonly at: Place;
  readonly frame: Frame;
}

/** Dots of one colour are one path, so that many thousands are quick. */
function Cloud({rows, metric, shades, at, frame}: CloudProps) {
  const {dots, crosses} = useMemo(() => {
    const dots = Array.from({length: bins}, () => '');
    let crosses = '';
    for (const r of rows) {
      const v = figureOf(metric, r);
      const [x, y] = at(r);
      if (Number.isNaN(v)) crosses += `M${(x - 3).toFixed(1)} ${(y - 3).toFixed(1)}l6 6m0-6l-6 6`;
      else dots[Math.min(bins - 1, Math.floor(shareOf(shades, v) * bins))] += `M${x.toFixed(1)} ${y.toFixed(1)}h0`;
    }
    return {dots, crosses};
  }, [rows, metric, shades, frame.left, frame.right]);
  const best = bestOf(metric, rows, 1)[0];
  return (
    <g aria-hidden="true" class={rows.length > 1000 ? 'cloud many' : 'cloud'}>
      <path class="dot-edge" d={dots.join('')} />
      {dots.map((d, i) => <path key={i} class="dot" d={d} style={{stroke: `color-mix(in srgb, var(--heat-high) ${Math.round((100 * i) / (bins - 1))}%, var(--heat-low))`}} />)}
      <path class="dot-failed" d={crosses} />
      {best && <path class="dot-best" d={outline('circle', ...at(best), 7)} />}
    </g>
  );
}
