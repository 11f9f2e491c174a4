// Made-up costs of one expert, for tests only: a nanosecond a token, and no host.

import {picoseconds} from '../src/base/units';
import type {Figures} from '../src/state/place';
import type {Cost, Placed, PlacedAt} from '../src/wire.gen';

const costOf = (t: number): Cost => ({
  time_ps: picoseconds(t * 1000), read_ps: picoseconds(0), calls_ps: picoseconds(0), there_ps: picoseconds(1000), compute_ps: picoseconds((t - 1) * 1000), back_ps: picoseconds(0),
});

const placedAt = (tokens: number): PlacedAt => ({tokens, passes: Math.ceil(tokens / 4), device: costOf(tokens), moved: costOf(tokens)});

/** An answer for some numbers of tokens. */
export function placedOf(tokens: readonly number[], some: Partial<Record<keyof Placed, unknown>> = {}): Placed {
  return {expert_bytes: 1, token_bytes: 1, pmove_ps: 1, latency_ps: 0, pass_ps: 1, home: 'device', crossover: null, counts: tokens.map(placedAt), ...some} as unknown as Placed;
}

/** What is known once those answers came. */
export function figuresOf(tokens: readonly number[], some: Partial<Record<keyof Placed, unknown>> = {}): Figures {
  const {counts, ...rest} = placedOf(tokens, some);
  return {...rest, key: '', at: new Map(counts.map((c) => [c.tokens, c]))};
}
