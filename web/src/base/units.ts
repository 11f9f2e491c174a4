import type {Bytes, BytesPerSecond, Picojoules, Picoseconds, Quantity} from '../wire.gen';

export type {Bytes, BytesPerSecond, Picojoules, Picoseconds};

/** Milliseconds of the wall clock of this page, never of the simulation. */
export type Milliseconds = Quantity<'ms'>;

export const picoseconds = (n: number) => n as Picoseconds;
export const bytes = (n: number) => n as Bytes;
export const bytesPerSecond = (n: number) => n as BytesPerSecond;
export const picojoules = (n: number) => n as Picojoules;

export const milliseconds = (n: number) => n as Milliseconds;

/** Now on the wall clock. */
export const now = () => performance.now() as Milliseconds;

/** The share of a whole, 0 if there is no whole. */
export function share<U extends string>(part: Quantity<U>, whole: Quantity<U>): number {
  return whole > 0 ? part / whole : 0;
}

/** Adds quantities of one unit. */
export function sum<Q extends number>(all: Iterable<Q>): Q {
  let total = 0;
  for (const q of all) total += q;
  return total as Q;
}
