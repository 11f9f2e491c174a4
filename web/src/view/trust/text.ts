import {plain, short, tenths, time} from '../../base/format';
import {picoseconds} from '../../base/units';
import type {Row} from '../../state/trust';

/** A value in the unit of its row: 12.3 ms, 410 tokens/s. */
export const amount = (v: number, unit = 'µs') => (unit === 'µs' ? time(picoseconds(v * 1e6)) : `${short(v)} ${unit}`.replace(/ (?=\S*$)/, '\u00a0'));

/** A signed share: +2.4 %, −11.9 %. */
export const signed = (x: number) => (x === 0 ? tenths(0) : `${x > 0 ? '+' : '−'}${tenths(Math.abs(x))}`);

const steps: readonly (readonly [number, string])[] = [[1e6, 's'], [1e3, 'ms'], [1, 'µs'], [1e-3, 'ns']];

/** A tick of an axis: 10 µs, 100 ms. */
export function tick(v: number, unit: string): string {
  if (unit !== 'µs') return short(v);
  const [size, name] = steps.find(([s]) => v >= s * 0.999) ?? [1, 'µs'];
  return `${plain(v / size, 3)}\u00a0${name}`;
}

/** What a row is about, in a line. */
export const subject = (r: Row) => [r.model, r.strategy, r.machine, ...(r.tokens > 0 ? [`${r.tokens}\u00a0token${r.tokens === 1 ? '' : 's'}`] : []), ...(r.case ? [r.case] : [])].join(', ');

/** A row in a sentence. */
export const spoken = (r: Row) => `${subject(r)}: measured ${amount(r.measured_us, r.unit)}, predicted ${amount(r.predicted_us, r.unit)}, ${signed(r.error)}; ${r.fitted ? 'fitted to' : 'held out'}`;
