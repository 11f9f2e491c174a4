// How far a run is: pure.

import {count} from '../base/format';
import type {Progress} from '../wire.gen';

/** The share of a run that is done: whole layers, and the experts of the one that is under way. */
export function doneOf(p: Progress): number {
  const part = p.clocked_of ? (p.clocked ?? 0) / p.clocked_of : 0;
  return p.total > 0 ? Math.min(1, (p.done + part) / p.total) : 0;
}

/** What a run clock by clock is at; empty of any other. */
export const stageOf = (p: Progress) => (p.clocked_of ? `, expert ${count((p.clocked ?? 0) + 1)} of ${count(p.clocked_of)} clock by clock` : '');
