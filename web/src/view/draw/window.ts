// Zooming and panning of any quantity: pure.

/** What part of a whole is shown. */
export interface Span<Q extends number> {
  readonly from: Q;
  readonly to: Q;
}

/** How short and how long a window may be. */
export interface Limits {
  readonly least: number;
  readonly most?: number;
}

/** The window scaled by factor around a point at share x of it, kept within all. */
export function zoomed<Q extends number>(w: Span<Q>, all: Span<Q>, factor: number, x: number, {least, most = Infinity}: Limits): Span<Q> {
  const shown = w.to - w.from;
  const length = Math.min(all.to - all.from, most, Math.max(Math.min(least, all.to - all.from), shown * factor));
  return within(w.from + shown * x - length * x, length, all);
}

/** The window moved by a share of its length. */
export const panned = <Q extends number>(w: Span<Q>, all: Span<Q>, by: number): Span<Q> => within(w.from + (w.to - w.from) * by, w.to - w.from, all);

/** A window of the same length around a point. */
export const centred = <Q extends number>(w: Span<Q>, all: Span<Q>, at: number): Span<Q> => within(at - (w.to - w.from) / 2, w.to - w.from, all);

function within<Q extends number>(from: number, length: number, all: Span<Q>): Span<Q> {
  const start = Math.max(all.from, Math.min(from, all.to - length));
  return {from: start as Q, to: (start + length) as Q};
}

/** Round numbers for an axis: at most n of them, and none closer together than least. */
export function axis<Q extends number>(w: Span<Q>, n: number, least = 0): Q[] {
  const raw = Math.max(least, (w.to - w.from) / Math.max(1, n));
  const power = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? power * 10;
  const marks: Q[] = [];
  for (let t = Math.ceil(w.from / step) * step; t <= w.to; t += step) marks.push(t as Q);
  return marks;
}
