// How far a run is.

import {signal} from '@preact/signals';
import {count} from '../base/format';
import type {Progress} from '../wire.gen';

/** Whether the module of all that core can do is being fetched. */
export const loading = signal(false);

/** What is said where it cannot be. */
export const unloadable = 'The larger simulator could not be loaded. Check the connection.';

/** The share of a run that is done: whole layers, and the experts of the one that is under way. */
export function doneOf(p: Progress): number {
  const part = p.clocked_of ? (p.clocked ?? 0) / p.clocked_of : 0;
  return p.total > 0 ? Math.min(1, (p.done + part) / p.total) : 0;
}

/** What a run clock by clock is at; empty of any other. */
export const stageOf = (p: Progress) => (p.clocked_of ? `, expert ${count((p.clocked ?? 0) + 1)} of ${count(p.clocked_of)} clock by clock` : '');
