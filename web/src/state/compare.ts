// Where one strategy waits less or more than another: pure.

import {time, waitsFor} from '../base/format';
import {picoseconds} from '../base/units';
import type {Picoseconds} from '../base/units';
import type {Result} from '../engine/engine';

/** How much longer one strategy waits for a resource than another. */
export interface Shift {
  readonly resource: string;
  readonly by: Picoseconds; // negative: less
}

type Timed = Pick<Result, 'latency_ps' | 'resources'>;

/** The shifts from b to a that are not nothing; they sum to the difference in latency. */
export function shiftsOf(a: Timed, b: Timed): readonly Shift[] {
  const names = [...new Set([...b.resources, ...a.resources].map((r) => r.name))];
  const of = (r: Timed, name: string) => r.resources.find((x) => x.name === name)?.critical_ps ?? 0;
  return names.map((resource) => ({resource, by: picoseconds(of(a, resource) - of(b, resource))})).filter((s) => s.by !== 0);
}

/** A difference in time with its sign. */
export const signed = (t: Picoseconds) => (t === 0 ? '0' : `${t < 0 ? '−' : '+'}${time(picoseconds(Math.abs(t)))}`);

/** How large a share of the larger latency a shift must be for words. */
const worth = 0.01;

/** What makes the difference, in a sentence. */
export function explained(a: Timed, b: Timed, name: string): string {
  const d = a.latency_ps - b.latency_ps;
  if (d === 0) return `Takes exactly as long as ${name}.`;
  const faster = d < 0;
  const times = faster ? b.latency_ps / a.latency_ps : a.latency_ps / b.latency_ps;
  const said = [...shiftsOf(a, b)].filter((s) => Math.abs(s.by) >= worth * Math.max(a.latency_ps, b.latency_ps)).sort((x, y) => Math.abs(y.by) - Math.abs(x.by));
  const words = said.map((s) => `${time(picoseconds(Math.abs(s.by)))} ${s.by < 0 ? 'less' : 'more'} for ${waitsFor(s.resource)}`);
  return `${times.toPrecision(3)} times ${faster ? 'faster' : 'slower'} than ${name}${words.length > 0 ? `: it waits ${words.join(', ')}` : ''}.`;
}
