import {useEffect, useId, useMemo, useRef, useState} from 'preact/hooks';
import {plural} from '../../base/format';
import {widest} from '../../state/look';
import {useStore} from '../../state/store';
import {theme} from '../../state/theme';
import {drawCommands, gutter} from '../draw/commands';
import type {Scene} from '../draw/commands';
import {describe} from '../draw/describe';
import {laneAt, layoutOf} from '../draw/layout';
import {paletteOf, prepare} from '../draw/palette';
import {carried, nearest, pictureOf, stepped} from '../draw/picture';
import type {Focus, Picture} from '../draw/picture';
import {centred, panned, zoomed} from '../draw/window';
import type {Span} from '../draw/window';
import {Figure} from '../Figure';
import {useGestures} from '../useGestures';
import {useColours, useWidth} from '../useSize';
import {ZoomButtons} from '../ZoomButtons';
import {CommandTable} from './CommandTable';
import {Legend} from './Legend';
import type {ScopeProps} from './Microscope';
import type {SeenProps} from './Summary';
import {spoken, whole} from './WholeRun';

/** How short and how long a window of clocks may be. */
const limits = {least: 24, most: widest};

type Clocks = Span<number>;

interface Shown {
  readonly window: Clocks;
  readonly clocks: number; // of the run
  readonly show: (w: Clocks) => void;
}

/** Every command of one channel, bank by bank, with the data bus and the arrays below. */
export function Commands({scope, seen}: ScopeProps & SeenProps) {
  const {lens} = useStore();
  const {pmove} = lens.aim.value;
  const picture = useMemo(() => pictureOf(seen.sight), [seen.sight]);
  const shown: Shown = {window: scope.window.value, clocks: seen.clocks, show: (w) => lens.set({from: w.from, clocks: w.to - w.from}, 'slide')};
  return (
    <Figure
      title="Commands of one channel" tools={<Zoom {...shown} />} table={() => <CommandTable picture={picture} window={shown.window} />}
      note={`A row a bank, in bank groups. Activations live in the last bank of each group, weights in the others${pmove ? ', and so does the expert that PMove reads' : ''}. Click it, then W, S, wheel and pinch zoom, A, D and drag pan, Home and End go to the ends, arrows read commands.`}
    >
      <Legend />
      <Canvas picture={picture} title={spoken(seen, shown.window)} {...shown} />
    </Figure>
  );
}

function Zoom({window, clocks, show}: Shown) {
  const all = whole(clocks);
  return <ZoomButtons zoom={(f) => show(zoomed(window, all, f, 0.5, limits))} pan={(by) => show(panned(window, all, by))} fit={() => show(zoomed(window, all, Infinity, 0.5, limits))} fitName="Zoom out fully" />;
}

function Canvas({picture, title, ...shown}: Shown & {readonly picture: Picture; readonly title: string}) {
  const hint = useId();
  const {ref, width} = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [focus, setFocus] = useState<Focus | null>(null);
  const colours = useColours();
  const layout = useMemo(() => layoutOf(picture), [picture]);
  const {window, clocks, show} = shown;
  const scene: Scene = {picture, layout, window, width, focus};
  const before = useRef(picture);
  useEffect(() => {
    setFocus((f) => f && carried(before.current, f, picture));
    before.current = picture;
  }, [picture]);
  useEffect(() => {
    const g = canvas.current && width > gutter && prepare(canvas.current, width, layout.height);
    if (g && ref.current) drawCommands(g, scene, paletteOf(ref.current));
  }, [picture, window, width, focus, colours, theme.value]);
  useGestures(ref, {
    zoom: (factor, x) => show(zoomed(window, whole(clocks), factor, Math.min(1, Math.max(0, (x - gutter) / Math.max(1, width - gutter))), limits)),
    pan: (dx) => show(panned(window, whole(clocks), -dx / Math.max(1, width - gutter))),
    point: (x, y) => setFocus(hit(scene, x, y)),
    key: (key) => press(key, scene, shown, setFocus),
  });
  return (
    <>
      <div ref={ref} class="canvas-box timeline" role="application" tabIndex={0} aria-label={`Commands of ${plural(picture.open.length, 'bank')}: ${title}`} aria-describedby={hint}>
        <canvas ref={canvas} aria-hidden="true" style={{height: `${layout.height}px`}} />
      </div>
      <p class="readout commands-readout" id={hint} aria-live="polite">{focus ? describe(picture, focus) : 'Point at a command, or use the arrow keys, to read it.'}</p>
    </>
  );
}

/** What is under the pointer. */
function hit(s: Scene, x: number, y: number): Focus | null {
  const index = laneAt(s.layout, y);
  const lane = s.picture.lanes[index];
  if (!lane || x < gutter) return null;
  const perPixel = (s.window.to - s.window.from) / Math.max(1, s.width - gutter);
  const at = nearest(lane, s.window.from + (x - gutter) * perPixel, 4 * perPixel);
  return at < 0 ? null : {lane: index, at};
}

const steps: Readonly<Record<string, readonly [along: number, across: number]>> = {arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1]};

/** Whether the key was ours. */
function press(key: string, s: Scene, {window: w, clocks, show}: Shown, focus: (f: Focus | null) => void): boolean {
  const all = whole(clocks);
  const windows: Readonly<Record<string, () => Clocks>> = {
    w: () => zoomed(w, all, 0.6, shareOf(s), limits),
    s: () => zoomed(w, all, 1 / 0.6, shareOf(s), limits),
    a: () => panned(w, all, -0.25),
    d: () => panned(w, all, 0.25),
    f: () => zoomed(w, all, Infinity, 0.5, limits),
    home: () => centred(w, all, 0),
    end: () => centred(w, all, clocks),
    enter: () => (s.focus ? zoomed(centred(w, all, startOf(s, s.focus)), all, 64 / (w.to - w.from), 0.5, limits) : w),
  };
  const name = key.toLowerCase();
  const [window, step] = [windows[name], steps[name]];
  if (window) show(window());
  if (step) go(s, step, {window: w, clocks, show}, focus);
  return window !== undefined || step !== undefined;
}

/** Zooming keeps the focus where it is, if it is in the picture. */
function shareOf(s: Scene): number {
  if (!s.focus) return 0.5;
  const share = (startOf(s, s.focus) - s.window.from) / (s.window.to - s.window.from);
  return share >= 0 && share <= 1 ? share : 0.5;
}

const startOf = ({picture}: Scene, f: Focus) => picture.lanes[f.lane]?.start[f.at] ?? 0;

/** Takes the focus to the next item, and the window after it. */
function go(s: Scene, [along, across]: readonly [number, number], {window: w, clocks, show}: Shown, focus: (f: Focus) => void): void {
  const next = s.focus ? stepped(s.picture, s.focus, along, across) : firstShown(s);
  focus(next);
  const start = startOf(s, next);
  const stuck = along !== 0 && s.focus?.at === next.at; // nothing more was fetched in this lane
  const {from, to} = s.picture.sight;
  if (stuck) show(centred(w, whole(clocks), along > 0 ? to : from));
  else if (start < w.from || start >= w.to) show(centred(w, whole(clocks), start));
}

/** The first item in the window, of the first lane that has any. */
function firstShown({picture, window}: Scene): Focus {
  const lane = Math.max(0, picture.lanes.findIndex((l) => l.start.some((t) => t >= window.from)));
  return {lane, at: Math.max(0, picture.lanes[lane]?.start.findIndex((t) => t >= window.from) ?? 0)};
}
