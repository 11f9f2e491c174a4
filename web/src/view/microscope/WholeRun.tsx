import {useEffect, useId, useRef} from 'preact/hooks';
import {count, percent, plural, rate} from '../../base/format';
import type {Seen} from '../../state/microscope';
import {useStore} from '../../state/store';
import {theme} from '../../state/theme';
import {when} from '../draw/describe';
import {gutter} from '../draw/commands';
import {paletteOf, prepare} from '../draw/palette';
import {clockAt, drawProfile, partClocks, profileHeight} from '../draw/profile';
import type {ProfileScene} from '../draw/profile';
import {centred, panned} from '../draw/window';
import type {Span} from '../draw/window';
import {Figure, Table} from '../Figure';
import {useColours, useWidth} from '../useSize';
import type {ScopeProps} from './Microscope';
import type {SeenProps} from './Summary';

/** The use of the data bus over the whole run, on which the window of the commands can be moved. */
export function WholeRun({scope, seen}: ScopeProps & SeenProps) {
  const note = `How full the data bus was in all ${plural(seen.clocks, 'clock')} of ${when(seen.sight, 1)}. Drag the frame, or use the arrow keys, to move the picture below.`;
  return (
    <Figure title="The whole run" note={note} table={() => <ProfileTable seen={seen} />}>
      <Overview scope={scope} seen={seen} />
    </Figure>
  );
}

function Overview({scope, seen}: ScopeProps & SeenProps) {
  const {lens} = useStore();
  const {ref, width} = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useColours();
  const window = scope.window.value;
  const {sight, clocks} = seen;
  const scene: ProfileScene = {profile: sight.profile ?? [], clocks, window, width, gutter, peak: rate(sight.peak_bytes_per_s)};
  const show = (w: Span<number>) => lens.set({from: w.from}, 'slide');
  useEffect(() => {
    const g = canvas.current && width > gutter && prepare(canvas.current, width, profileHeight);
    if (g && ref.current) drawProfile(g, scene, paletteOf(ref.current));
  }, [seen, window, width, colours, theme.value]);
  const hint = useId();
  return (
    <>
      <div
        ref={ref} class="canvas-box overview" role="slider" tabIndex={0} aria-label="Window of the commands within the run" aria-describedby={hint}
        aria-valuemin={0} aria-valuemax={Math.ceil(clocks - (window.to - window.from))} aria-valuenow={Math.round(window.from)} aria-valuetext={spoken(seen, window)}
        onKeyDown={(e) => press(e, window, clocks, show)}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          show(centred(window, whole(clocks), clockAt(scene, e.offsetX)));
        }}
        onPointerMove={(e) => e.buttons > 0 && show(centred(window, whole(clocks), clockAt(scene, e.offsetX)))}
      >
        <canvas ref={canvas} aria-hidden="true" style={{height: `${profileHeight}px`}} />
      </div>
      <p class="readout" id={hint}>Shown below: {spoken(seen, window)}.</p>
    </>
  );
}

/** All of a run. */
export const whole = (clocks: number): Span<number> => ({from: 0, to: clocks});

/** A window in words. */
export const spoken = ({sight, clocks}: Seen, w: Span<number>) =>
  `clocks ${count(Math.round(w.from))} to ${count(Math.round(w.to))} of ${count(clocks)}, ${when(sight, w.from)} to ${when(sight, w.to)}`;

function press(e: KeyboardEvent, w: Span<number>, clocks: number, show: (w: Span<number>) => void): void {
  const all = whole(clocks);
  const tenth = (share: number) => centred(w, all, (w.from + w.to) / 2 + share * clocks);
  const moves: Readonly<Record<string, () => Span<number>>> = {
    ArrowLeft: () => panned(w, all, -0.5), ArrowDown: () => panned(w, all, -0.5), ArrowRight: () => panned(w, all, 0.5), ArrowUp: () => panned(w, all, 0.5),
    PageDown: () => tenth(-0.1), PageUp: () => tenth(0.1), Home: () => centred(w, all, 0), End: () => centred(w, all, clocks),
  };
  const move = moves[e.key];
  if (!move) return;
  e.preventDefault();
  show(move());
}

function ProfileTable({seen: {sight, clocks}}: SeenProps) {
  const profile = sight.profile ?? [];
  const part = partClocks(profile.length, clocks);
  return (
    <Table
      caption="Use of the data bus over the run" rows={profile.map((use, i) => ({use, from: i * part, to: Math.min(clocks, (i + 1) * part)}))}
      columns={[
        {title: 'From clock', cell: (r) => count(r.from)},
        {title: 'To', cell: (r) => count(r.to)},
        {title: 'Time', cell: (r) => when(sight, r.from)},
        {title: 'Use', cell: (r) => percent(r.use)},
      ]}
    />
  );
}
