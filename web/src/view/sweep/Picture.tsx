import {useMemo, useState} from 'preact/hooks';
import {count, plural} from '../../base/format';
import {cellsOf, failures, gridOf, wide} from '../../state/sweepgrid';
import type {Cell, Dim, Fixed, Grid} from '../../state/sweepgrid';
import {figureOf, knownMetrics, metricOf, shadesOf} from '../../state/sweepmetrics';
import type {Metric, Shades} from '../../state/sweepmetrics';
import {valueText} from '../../state/sweepfields';
import type {SweepField} from '../../state/sweepfields';
import type {SweepRow, SweepState} from '../../wire.gen';
import {mostCells} from '../draw/sweepheat';
import {Figure} from '../Figure';
import {CellTable} from './CellTable';
import {HeatMap} from './HeatMap';
import {Lines} from './Lines';
import {Scatter} from './Scatter';
import {Select} from './Select';

/** What every picture of a sweep is given. */
export interface PictureProps {
  readonly state: SweepState;
  readonly rows: readonly SweepRow[];
  readonly fields: readonly SweepField[];
}

type Shape = 'map' | 'lines';

/** The picture of a sweep: a map or lines of a grid, points of anything else. */
export function Picture(props: PictureProps) {
  const {state, rows} = props;
  const grid = useMemo(() => gridOf(state.sweep, state.points, rows), [state.id, rows]);
  const [key, setKey] = useState('latency');
  const metric = metricOf(key);
  const picker = <Select label="Show" value={key} options={knownMetrics(rows).map((m) => [m.key, m.title])} onPick={setKey} />;
  if (!grid) return <Scatter {...props} metric={metric} picker={picker} />;
  return <GridPicture {...props} grid={grid} metric={metric} picker={picker} />;
}

interface GridProps extends PictureProps {
  readonly grid: Grid;
  readonly metric: Metric;
  readonly picker: preact.JSX.Element;
}

function GridPicture({state, rows, fields, grid, metric, picker}: GridProps) {
  const dims = wide(grid);
  const [shape, setShape] = useState<Shape>('map');
  const [axes, setAxes] = useState<readonly [number, number]>([dims[0]?.axis ?? 0, dims[1]?.axis ?? -1]);
  const [fixed, setFixed] = useState<Fixed>(() => Object.fromEntries(grid.dims.map((d) => [d.axis, 'best' as const])));
  const x = dims.some((d) => d.axis === axes[0]) ? axes[0] : (dims[0]?.axis ?? 0);
  const second = dims.find((d) => d.axis === axes[1] && d.axis !== x) ?? dims.find((d) => d.axis !== x);
  const y = second?.axis ?? null;
  const cells = useMemo(() => cellsOf(grid, rows, x, y, fixed, metric), [grid, rows, x, y, fixed, metric]);
  const shades = useMemo(() => shadesOf(cells.map((c) => figureOf(metric, c.row))), [cells, metric]);
  const small = second !== undefined && Math.max(grid.dims[x]!.values.length, second.values.length) <= mostCells;
  const map = shape === 'map' && small;
  const names = dims.map((d): readonly [string, string] => [String(d.axis), fields[d.axis]!.title]);
  const others = dims.filter((d) => d.axis !== x && d.axis !== y);
  const tools = (
    <>
      {picker}
      {small && <Select label="Drawn as" value={shape} options={[['map', 'a map'], ['lines', 'lines']]} onPick={(v) => setShape(v === 'lines' ? 'lines' : 'map')} />}
      {dims.length > 1 && <Select label="Across" value={String(x)} options={names} onPick={(v) => setAxes([Number(v), Number(v) === y ? x : (y ?? x)])} />}
      {dims.length > 1 && <Select label={map ? 'Up' : 'A line each'} value={String(y)} options={names.filter(([v]) => v !== String(x))} onPick={(v) => setAxes([x, Number(v)])} />}
      {others.map((d) => <Where key={d.axis} dim={d} field={fields[d.axis]!} at={fixed[d.axis] ?? 'best'} onPick={(at) => setFixed({...fixed, [d.axis]: at})} />)}
    </>
  );
  const picture = {state, fields, grid, metric, cells, shades, x};
  return (
    <Figure title={titleOf(metric, fields, x, y)} note={noteOf({cells, rows, others, fixed, metric, map})} tools={tools} table={() => <CellTable {...picture} y={y} />}>
      {map && shades && y !== null && <HeatMap {...picture} shades={shades} y={y} />}
      {!map && shades && <Lines {...picture} shades={shades} y={y} />}
      {!shades && <p class="verdict plain">No point here has this figure yet.</p>}
    </Figure>
  );
}

/** What a map, lines and their table are given. */
export interface CellsProps {
  readonly state: SweepState;
  readonly fields: readonly SweepField[];
  readonly grid: Grid;
  readonly metric: Metric;
  readonly cells: readonly Cell[];
  readonly x: number;
}

/** The same, once a figure is known. */
export interface ShadedProps extends CellsProps {
  readonly shades: Shades;
}

function titleOf(m: Metric, fields: readonly SweepField[], x: number, y: number | null): string {
  return `${m.title} by ${fields[x]!.title}${y === null ? '' : ` and ${fields[y]!.title}`}`;
}

interface NoteProps {
  readonly cells: readonly Cell[];
  readonly rows: readonly SweepRow[];
  readonly others: readonly Dim[];
  readonly fixed: Fixed;
  readonly metric: Metric;
  readonly map: boolean;
}

function noteOf({cells, rows, others, fixed, metric, map}: NoteProps): string {
  const bad = failures(rows);
  const best = others.some((d) => (fixed[d.axis] ?? 'best') === 'best');
  return [
    `${metric.better === 'less' ? 'Less' : 'More'} is better${map ? '; the stronger the colour, the more. The best is outlined' : ''}.`,
    best ? 'Of what is not shown, each place has the best.' : '',
    bad > 0 ? `${plural(bad, 'point')} of ${count(rows.length)} could not be simulated${map ? ', and are hatched' : ''}.` : '',
    map || cells.length > 0 ? 'Choose a point to open it as a scenario.' : '',
  ].filter(Boolean).join(' ');
}

/** Where an axis stands that the picture does not have. */
function Where({dim, field, at, onPick}: {readonly dim: Dim; readonly field: SweepField; readonly at: number | 'best'; readonly onPick: (at: number | 'best') => void}) {
  const options = [['best', 'wherever best'] as const, ...dim.values.map((v, i) => [String(i), valueText(field, v)] as const)];
  return <Select label={field.title} value={String(at)} options={options} onPick={(v) => onPick(v === 'best' ? 'best' : Number(v))} />;
}
