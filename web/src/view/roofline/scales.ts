// What the two pictures of a layer have in common: pure.

import {ticksOf} from '../../base/scale';
import type {Range} from '../../base/scale';

/** At most as many ticks as fit on a phone. */
export const fewTicks = (range: Range) => ticksOf(range, 8);

const names: readonly (readonly [number, string])[] = [[1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']];

/** 100 G: a power of ten on an axis. */
export function tickText(v: number): string {
  const [factor, name] = names.find(([f]) => v >= f * 0.999) ?? [1, ''];
  return `${Number((v / factor).toPrecision(3))}${name === '' ? '' : `\u00a0${name}`}`;
}

const times: readonly (readonly [number, string])[] = [[1e12, 's'], [1e9, 'ms'], [1e6, 'µs'], [1e3, 'ns'], [1, 'ps']];

/** 100 µs on an axis. */
export function timeTick(ps: number): string {
  const [factor, name] = times.find(([f]) => ps >= f * 0.999) ?? [1, 'ps'];
  return `${Number((ps / factor).toPrecision(3))}\u00a0${name}`;
}
