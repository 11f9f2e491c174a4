import type {State, SweepMethod} from '../../wire.gen';

/** How points are chosen, for people. */
export const methodTexts: Readonly<Record<SweepMethod, string>> = {
  grid: 'a grid: every value with every other',
  list: 'a list: first values together, then second ones',
  random: 'random: each axis drawn by itself',
  lhs: 'Latin hypercube: random, spread evenly over each axis',
};

/** How far a sweep is, for people. */
export const stateTexts: Readonly<Record<State, string>> = {queued: 'waiting for its turn', running: 'running', done: 'done', failed: 'failed', cancelled: 'cancelled'};
