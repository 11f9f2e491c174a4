import {useId, useMemo, useState} from 'preact/hooks';
import {plural} from '../../base/format';
import {clamped, rangeOf, ticksOf} from '../../base/scale';
import type {Range} from '../../base/scale';
import {reasonOf} from '../../base/browser';
import type {Reopener} from '../../state/evidence';
import {useStore} from '../../state/store';
import {furthest, stepped} from '../../state/trust';
import type {Row} from '../../state/trust';
import {Plot, outline} from '../plot/Plot';
import type {Axis, Frame} from '../plot/Plot';
import {Reading} from './Reading';
import {signed, spoken, subject, tick} from './text';

/** What up is: what was predicted, or how far it is off. */
export type Measure = 'predicted' | 'error';

interface ScatterProps {
  readonly rows: readonly Row[];
  readonly unit: string;
  readonly measure: Measure;
  readonly title: string;
  readonly opener: Reopener;
}

interface Pointed {
  readonly row: Row | null;
  readonly held: boolean; // a click or a key chose it, so that the pointer may leave
}

const height = 440;

/** A point for every row; hover, touch or arrow keys read it. */
export function Scatter({rows, unit, measure, title, opener}: ScatterProps) {
  const {notices} = useStore();
  const hint = useId();
  const [{row, held}, point] = useState<Pointed>({row: null, held: false});
  const shown = row && rows.includes(row) ? row : null;
  const [x, y] = useMemo(() => axesOf(rows, unit, measure), [rows, unit, measure]);
  const open = (r: Row) => void opener.open(r).catch((e: unknown) => notices.warn(`This row’s scenario cannot be opened: ${reasonOf(e)}.`));
  const press = (e: KeyboardEvent) => {
    const step = steps[e.key];
    if (e.key === 'Enter' && shown) open(shown);
    else if (e.key === 'Escape') point({row: null, held: false});
    else if (step) point({row: stepped(rows, step.far ? null : shown, step.along, step.across), held: true});
    else return;
    e.preventDefault();
  };
  return (
    <div class="scatter">
      <div class="scatter-plot">
        <Legend rows={rows} />
        <div class="scatter-box" role="application" tabIndex={0} aria-label={`${title}: ${plural(rows.length, 'row')}, predicted against measured. Arrow keys read them`} aria-describedby={hint} onKeyDown={press}>
          <Plot x={x} y={y} height={height}>
            {(f) => <Points rows={rows} f={f} x={x} y={y} measure={measure} shown={shown} held={held} point={point} />}
          </Plot>
        </div>
        <p class="note" id={hint}>Point at a row to read it; a click holds it, Escape lets go. Arrow keys: left and right along what was measured, up and down to larger and smaller errors, Home and End to the least and the most measured; Enter opens the row’s scenario.</p>
      </div>
      <div class="reading" aria-live="polite">
        {shown ? <Reading row={shown} opener={opener} open={() => open(shown)} /> : <Furthest rows={rows} pick={(r) => point({row: r, held: true})} />}
      </div>
    </div>
  );
}

/** How many rows are named before one is chosen. */
const named = 6;

/** Where predictions fail most: what there is to read before a row is chosen. */
function Furthest({rows, pick}: {readonly rows: readonly Row[]; readonly pick: (r: Row) => void}) {
  return (
    <>
      <h3>Furthest off</h3>
      <ol class="furthest">
        {furthest(rows, named).map((r, i) => (
          <li key={i}><button type="button" class="plain" onClick={() => pick(r)}><strong>{signed(r.error)}</strong> <span>{subject(r)}{r.fitted && ' (fitted to)'}</span></button></li>
        ))}
      </ol>
    </>
  );
}

interface Step {
  readonly along: number;
  readonly across: number;
  readonly far?: boolean;
}

const steps: Readonly<Record<string, Step>> = {
  ArrowLeft: {along: -1, across: 0}, ArrowRight: {along: 1, across: 0}, ArrowUp: {along: 0, across: 1}, ArrowDown: {along: 0, across: -1},
  Home: {along: 1, across: 0, far: true}, End: {along: Infinity, across: 0},
};

/** Errors beyond these are drawn at the edge. */
const widest = 4;

/** Beyond so many rows they are drawn smaller and without an edge. */
const crowded = 300;

/** How high a row is: what was predicted, or that over what was measured. */
const up = (r: Row, m: Measure) => (m === 'predicted' ? r.predicted_us : r.predicted_us / r.measured_us);

function axesOf(rows: readonly Row[], unit: string, measure: Measure): readonly [x: Axis, y: Axis] {
  const text = (v: number) => tick(v, unit);
  const what = unit === 'µs' ? '' : `, ${unit}`;
  const own = padded(rangeOf(rows.flatMap((r) => (measure === 'predicted' ? [r.measured_us, r.predicted_us] : [r.measured_us]))));
  const x = {range: own, ticks: ticksOf(own, 6), text, title: `measured${what}`};
  if (measure === 'predicted') return [x, {...x, title: `predicted${what}`}];
  const far = (shares: readonly number[]) => Math.min(widest, Math.max(1.4, ...shares) * 1.05);
  const range = {from: 1 / far(rows.map((r) => 1 / up(r, measure))), to: far(rows.map((r) => up(r, measure)))};
  const ticks = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 3].filter((t) => t > range.from && t < range.to);
  return [x, {range, ticks, text: (v) => (v === 1 ? '0' : signed(v - 1).replace('.0', '').replace('\u00a0', '\u202f')), title: 'predicted less measured'}];
}

/** A range with room at its ends for points and for the labels below them. */
function padded({from, to}: Range): Range {
  const room = (to / from) ** 0.04;
  return {from: from / room, to: to * room};
}

interface PointsProps {
  readonly rows: readonly Row[];
  readonly f: Frame;
  readonly x: Axis;
  readonly y: Axis;
  readonly measure: Measure;
  readonly shown: Row | null;
  readonly held: boolean;
  readonly point: (p: Pointed) => void;
}

function Points({rows, f, x, y, measure, shown, held, point}: PointsProps) {
  const clip = useId();
  const at = (r: Row) => [f.x(r.measured_us), f.y(clamped(up(r, measure), y.range))] as const;
  const crowd = rows.length > crowded;
  const shape = (r: Row) => outline(r.fitted ? 'square' : 'circle', ...at(r), crowd ? 2.5 : 4);
  const paths = useMemo(() => [true, false].map((fitted) => rows.filter((r) => (r.fitted ?? false) === fitted).map(shape).join('')), [rows, measure, f.left, f.right, f.bottom]);
  const near = (e: PointerEvent & {readonly currentTarget: Element}, reach: number) => {
    const box = e.currentTarget.ownerDocument === document ? e.currentTarget.closest('svg')?.getBoundingClientRect() : undefined;
    return box ? nearest(rows, at, e.clientX - box.left, e.clientY - box.top, reach) : null;
  };
  const line = (ratio: number) => [x.range.from, x.range.to].map((v) => [f.x(v), f.y(measure === 'predicted' ? v * ratio : ratio)] as const);
  return (
    <>
      <clipPath id={clip}><rect x={f.left} y={f.top} width={f.right - f.left} height={f.bottom - f.top} /></clipPath>
      <g clip-path={`url(#${clip})`} aria-hidden="true">
        {[0.25, 0.1].map((e) => <path key={e} class={`band-${e * 100}`} d={band(line(1 + e), line(1 - e))} />)}
        <path class="diagonal" d={band(line(1), [])} />
      </g>
      <path class="row-fitted" d={paths[0]} />
      <path class={crowd ? 'row-held crowd' : 'row-held'} d={paths[1]} />
      {shown && <Aimed at={at(shown)} f={f} row={shown} />}
      <rect
        class={held ? 'catch held' : 'catch'} x={f.left} y={f.top} width={f.right - f.left} height={f.bottom - f.top}
        onPointerMove={(e) => {
          const row = held || e.pointerType === 'touch' ? null : near(e, 24);
          if (row && row !== shown) point({row, held: false});
        }}
        onClick={(e) => {
          const row = near(e as unknown as PointerEvent & {currentTarget: Element}, 32);
          point({row: row ?? (held ? null : shown), held: row !== null});
        }}
      />
    </>
  );
}

/** A closed path along one line and back along the other. */
const band = (there: readonly (readonly [number, number])[], back: readonly (readonly [number, number])[]) =>
  `M${[...there, ...[...back].reverse()].map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join('L')}${back.length > 0 ? 'Z' : ''}`;

function nearest(rows: readonly Row[], at: (r: Row) => readonly [number, number], px: number, py: number, reach: number): Row | null {
  let best: Row | null = null;
  for (const r of rows) {
    const [x, y] = at(r);
    const d = Math.hypot(x - px, y - py);
    if (d <= reach) [best, reach] = [r, d];
  }
  return best;
}

function Aimed({at: [x, y], f, row}: {readonly at: readonly [number, number]; readonly f: Frame; readonly row: Row}) {
  return (
    <g class="aimed-row" aria-hidden="true">
      <line class="cursor" x1={x} x2={x} y1={f.top} y2={f.bottom} />
      <line class="cursor" x1={f.left} x2={f.right} y1={y} y2={y} />
      <path d={outline(row.fitted ? 'square' : 'circle', x, y, 7)}><title>{spoken(row)}</title></path>
    </g>
  );
}

function Legend({rows}: {readonly rows: readonly Row[]}) {
  const fitted = rows.filter((r) => r.fitted).length;
  return (
    <ul class="legend scatter-legend">
      {rows.length > fitted && <li><svg width="14" height="14" aria-hidden="true"><path class="row-held" d={outline('circle', 7, 7, 4)} /></svg>{plural(rows.length - fitted, 'row')} held out</li>}
      {fitted > 0 && <li><svg width="14" height="14" aria-hidden="true"><path class="row-fitted" d={outline('square', 7, 7, 4)} /></svg>{plural(fitted, 'row')} fitted to</li>}
      <li><svg width="22" height="14" aria-hidden="true"><path class="diagonal" d="M0 7H22" /></svg>equal</li>
      <li><svg width="22" height="14" aria-hidden="true"><rect class="band-10" width="22" height="14" /></svg>within 10 %</li>
      <li><svg width="22" height="14" aria-hidden="true"><rect class="band-25" width="22" height="14" /></svg>within 25 %</li>
    </ul>
  );
}
