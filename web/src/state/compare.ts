// Where one strategy waits less or more than another: pure.

import {count, percent, time, waitsFor} from '../base/format';
import {picoseconds} from '../base/units';
import type {Picoseconds} from '../base/units';
import type {Result} from '../engine/engine';

/** How much longer one strategy waits for a resource than another. */
export interface Shift {
  readonly resource: string;
  readonly by: Picoseconds; // negative: less
}

type Timed = Pick<Result, 'latency_ps' | 'resources'> & {readonly tokens?: number};

/** What of a run to compare with another's whole: where it has more tokens, the part for as many. */
export const part = (a: Timed, b: Timed) => (a.tokens && b.tokens ? b.tokens / a.tokens : 1);

/** What a run takes for as many tokens as another. */
export const takes = (a: Timed, b: Timed) => picoseconds(a.latency_ps * part(a, b));

/** The shifts from b to a, for as many tokens, that are not nothing; they sum to the difference in latency. */
export function shiftsOf(a: Timed, b: Timed): readonly Shift[] {
  const names = [...new Set([...b.resources, ...a.resources].map((r) => r.name))];
  const of = (r: Timed, name: string) => r.resources.find((x) => x.name === name)?.critical_ps ?? 0;
  return names.map((resource) => ({resource, by: picoseconds(of(a, resource) * part(a, b) - of(b, resource))})).filter((s) => s.by !== 0);
}

/** A difference in time with its sign. */
export const signed = (t: Picoseconds) => (t === 0 ? '0' : `${t < 0 ? '−' : '+'}${time(picoseconds(Math.abs(t)))}`);

/** A difference below this is none. */
const apart = 0.01;

/** How large a share of the larger latency a shift must be for words. */
const worth = 0.01;

/** What makes the difference, in a sentence. */
export function explained(a: Timed, b: Timed, name: string): string {
  const [own, other] = [takes(a, b), b.latency_ps];
  const d = own - other;
  if (d === 0) return `Takes exactly as long as ${name}.`;
  const faster = d < 0;
  const times = faster ? other / own : own / other;
  if (times < 1 + apart) return `Cannot be told apart from ${name}: within ${percent(apart)}.`;
  const said = [...shiftsOf(a, b)].filter((s) => Math.abs(s.by) >= worth * Math.max(own, other)).sort((x, y) => Math.abs(y.by) - Math.abs(x.by));
  const words = said.map((s) => `${time(picoseconds(Math.abs(s.by)))} ${s.by < 0 ? 'less' : 'more'} for ${waitsFor(s.resource)}`);
  return `${times >= 1000 ? count(times) : times.toPrecision(3)} times ${faster ? 'faster' : 'slower'} than ${name}${part(a, b) === 1 ? '' : ', by the token'}${words.length > 0 ? `: it waits ${words.join(', ')}` : ''}.`;
}
