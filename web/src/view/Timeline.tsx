import {useEffect, useId, useMemo, useRef, useState} from 'preact/hooks';
import {count, plural, resource, time, work} from '../base/format';
import {picoseconds} from '../base/units';
import {endOf, startOf} from '../engine/engine';
import type {Columns, Result} from '../engine/engine';
import {theme} from '../state/theme';
import {layerName} from './names';
import {boundaries, extent, lanesOf, neighbour, panned, spanAt, zoomed} from './draw/lanes';
import type {Window} from './draw/lanes';
import {paletteOf, prepare} from './draw/palette';
import {axisHeight, describe, drawTimeline, gutter, heightOf, laneHeight} from './draw/timeline';
import type {Scene} from './draw/timeline';
import {Figure, Table} from './Figure';
import {useGestures} from './useGestures';
import {useColours, useWidth} from './useSize';
import {ZoomButtons} from './ZoomButtons';

/** The table twin shows this many spans of what the window shows. */
const listed = 300;

/** Which resource did what, and when. */
export function Timeline({report}: {readonly report: Result}) {
  const c = report.timeline;
  const all = useMemo(() => extent(c), [c]);
  const [view, setView] = useState<{readonly of: Columns; readonly window: Window}>({of: c, window: all});
  const window = view.of === c ? view.window : all;
  const show = (w: Window) => setView({of: c, window: w});
  const cut = c.total > c.start.length ? ` The first ${count(c.start.length)} of ${plural(c.total, 'span')}.` : '';
  if (c.start.length === 0) return <Figure title="Timeline" table={() => <p class="note">No spans.</p>}><p class="note empty-timeline">{c.total > 0 ? 'Drawing…' : 'This fidelity records no spans.'}</p></Figure>;
  return (
    <Figure
      title="Timeline" note={`${report.strategy}: which resource did what, and when.${cut} Click it, then W, S and wheel zoom, A, D and drag pan, F fits, arrows read spans.`}
      tools={<ZoomButtons zoom={(f) => show(zoomed(window, all, f, 0.5))} pan={(by) => show(panned(window, all, by))} fit={() => show(all)} />}
      table={() => <SpanTable report={report} window={window} />}
    >
      <Picture report={report} window={window} all={all} show={show} />
    </Figure>
  );
}

interface Shown {
  readonly window: Window;
  readonly all: Window;
  readonly show: (w: Window) => void;
}

function Picture({report, window, all, show}: Shown & {readonly report: Result}) {
  const c = report.timeline;
  const hint = useId();
  const {ref, width} = useWidth<HTMLDivElement>();
  const [focus, setFocus] = useState(-1);
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useColours();
  const lanes = useMemo(() => lanesOf(c), [c]);
  const marks = useMemo(() => boundaries(c), [c]);
  const scene: Scene = {columns: c, lanes, marks, window, width, focus};
  useEffect(() => setFocus(-1), [c]);
  useEffect(() => {
    const g = canvas.current && width > gutter && prepare(canvas.current, width, heightOf(lanes));
    if (g && ref.current) drawTimeline(g, scene, paletteOf(ref.current));
  }, [c, window, width, focus, colours, theme.value]);
  useGestures(ref, {
    zoom: (factor, x) => show(zoomed(window, all, factor, shareOf(x, width))),
    pan: (dx) => show(panned(window, all, -dx / Math.max(1, width - gutter))),
    point: (x, y) => setFocus(hit(scene, x, y)),
    key: (key) => press(key, scene, all, show, setFocus),
  });
  const text = focus < 0 ? 'Point at a span, or use the arrow keys, to read it.' : describe(c, focus, (l) => layerName(report.layers, l));
  return (
    <>
      <div ref={ref} class="canvas-box timeline" role="application" tabIndex={0} aria-label={`Timeline of ${report.strategy}, ${plural(c.start.length, 'span')} over ${time(all.to)}`} aria-describedby={hint}>
        <canvas ref={canvas} aria-hidden="true" style={{height: `${heightOf(lanes)}px`}} />
      </div>
      <p class="readout" id={hint} aria-live="polite">{text}</p>
    </>
  );
}

const shareOf = (x: number, width: number) => Math.min(1, Math.max(0, (x - gutter) / Math.max(1, width - gutter)));

/** The span under the pointer, or -1. */
function hit(s: Scene, x: number, y: number): number {
  const lane = s.lanes[Math.floor((y - axisHeight) / laneHeight)];
  if (!lane || x < gutter) return -1;
  const perPixel = (s.window.to - s.window.from) / Math.max(1, s.width - gutter);
  return spanAt(s.columns, lane, picoseconds(s.window.from + (x - gutter) * perPixel), picoseconds(2 * perPixel));
}

type Show = Shown['show'];

/** Whether the key was ours. */
function press(key: string, s: Scene, all: Window, show: Show, focus: (span: number) => void): boolean {
  const windows: Readonly<Record<string, () => Window>> = {
    w: () => zoomed(s.window, all, 0.6, 0.5),
    s: () => zoomed(s.window, all, 1 / 0.6, 0.5),
    a: () => panned(s.window, all, -0.25),
    d: () => panned(s.window, all, 0.25),
    f: () => all,
    enter: () => (s.focus < 0 ? s.window : around(s, all)),
  };
  const moves: Readonly<Record<string, readonly [along: number, across: number]>> = {arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1]};
  const name = key.toLowerCase();
  const [window, move] = [windows[name], moves[name]];
  if (window) show(window());
  if (move) step(s, all, move, show, focus);
  return window !== undefined || move !== undefined;
}

function step(s: Scene, all: Window, [along, across]: readonly [number, number], show: Show, focus: (span: number) => void): void {
  const next = s.focus < 0 ? (s.lanes[0]?.spans[0] ?? -1) : neighbour(s.columns, s.lanes, s.focus, along, across);
  focus(next);
  if (next < 0) return;
  const outside = endOf(s.columns, next) < s.window.from || startOf(s.columns, next) > s.window.to;
  if (outside) show(around({...s, focus: next}, all, s.window.to - s.window.from));
}

/** A window with the focused span in its middle. */
function around(s: Scene, all: Window, length = (endOf(s.columns, s.focus) - startOf(s.columns, s.focus)) * 3): Window {
  const middle = (startOf(s.columns, s.focus) + endOf(s.columns, s.focus)) / 2;
  const from = picoseconds(Math.max(all.from, middle - length / 2));
  return zoomed({from, to: picoseconds(from + length)}, all, 1, 0.5);
}

function SpanTable({report, window}: {readonly report: Result; readonly window: Window}) {
  const c = report.timeline;
  const spans: number[] = [];
  for (let i = 0; i < c.start.length && spans.length < listed; i++) {
    if ((c.end[i] ?? 0) > window.from && (c.start[i] ?? 0) < window.to) spans.push(i);
  }
  return (
    <>
      <p class="note">The first {plural(spans.length, 'span')} of what the picture shows, in order of their end.</p>
      <Table
        caption={`Spans of ${report.strategy}`} rows={spans}
        columns={[
          {title: 'Start', cell: (i) => time(startOf(c, i))},
          {title: 'Length', cell: (i) => time(picoseconds(endOf(c, i) - startOf(c, i)))},
          {title: 'Resource', text: true, cell: (i) => resource(c.resources[c.resource[i] ?? 0] ?? '')},
          {title: 'Work', text: true, cell: (i) => work(c.works[c.work[i] ?? 0] ?? '')},
          {title: 'Pass', cell: (i) => c.pass[i]},
          {title: 'Layer', text: true, cell: (i) => layerName(report.layers, c.layer[i] ?? 0)},
          {title: 'Expert', cell: (i) => ((c.expert[i] ?? -1) < 0 ? '–' : c.expert[i])},
        ]}
      />
    </>
  );
}
