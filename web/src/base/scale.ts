// Logarithmic axes: pure.

/** A quantity's range on an axis, both above 0. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where a value lies in a range, by its logarithm: 0 at from, 1 at to. */
export const logShare = (v: number, {from, to}: Range) => Math.log(v / from) / Math.log(to / from);

/** The value at a share of a range: the inverse of logShare. */
export const logAt = (share: number, {from, to}: Range) => from * (to / from) ** share;

/** The value, cut to a range. */
export const clamped = (v: number, {from, to}: Range) => Math.min(to, Math.max(from, v));

/** The powers of ten within a range. */
export function decades({from, to}: Range): number[] {
  const [first, last] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  return Array.from({length: Math.max(0, last - first + 1)}, (_, i) => 10 ** (first + i));
}

/** Round values within a range, at most so many: decades, or 1, 2 and 5 of each where they are few. */
export function ticksOf(range: Range, most: number): number[] {
  const tens = decades(range);
  const fine = [...decades({from: range.from / 10, to: range.to})].flatMap((d) => [d, 2 * d, 5 * d]).filter((v) => v >= range.from * 0.999 && v <= range.to * 1.001);
  if (fine.length <= most) return fine;
  const step = Math.max(1, Math.ceil(tens.length / most));
  return tens.filter((_, i) => i % step === 0);
}

/** Those of some ticks whose labels, each a share of the axis wide, do not touch: 1 and the powers of ten first. */
export function labelled(ticks: readonly number[], range: Range, width: number): number[] {
  const round = (t: number) => (t === 1 ? 0 : Number.isInteger(Math.log10(t)) ? 1 : 2);
  const kept: number[] = [];
  for (const t of [...ticks].sort((a, b) => round(a) - round(b))) {
    if (kept.every((k) => Math.abs(logShare(k, range) - logShare(t, range)) >= width)) kept.push(t);
  }
  return kept.sort((a, b) => a - b);
}

/** The least range that holds all values and begins and ends at 1, 2 or 5 times a power of ten. */
export function rangeOf(values: readonly number[]): Range {
  const good = values.filter((v) => v > 0 && Number.isFinite(v));
  if (good.length === 0) return {from: 1, to: 10};
  const [low, high] = [Math.min(...good), Math.max(...good)];
  const from = roundDown(low);
  const to = roundUp(high);
  return to > from ? {from, to} : {from: from / 2, to: to * 2};
}

const steps = [1, 2, 5, 10];

function roundDown(v: number): number {
  const ten = 10 ** Math.floor(Math.log10(v));
  return ten * (steps.findLast((s) => s * ten <= v * 1.000_001) ?? 1);
}

function roundUp(v: number): number {
  const ten = 10 ** Math.floor(Math.log10(v));
  return ten * (steps.find((s) => s * ten >= v * 0.999_999) ?? 10);
}
