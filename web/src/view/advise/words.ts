import {bytes, picojoules, picoseconds} from '../../base/units';
import {energy, ratio, short, size, time} from '../../base/format';
import type {Drawn} from '../../state/advise';
import type {Badge, Metric, Objective} from '../../wire.gen';

/** What a best strategy is best at, for people. */
export const objectives: Readonly<Record<Objective, string>> = {
  latency: 'least latency', throughput: 'most tokens a second (the batch may grow)', energy: 'least energy a token (the batch may grow)',
};

/** What allowing each badge allows. */
export const badgeTexts: Readonly<Record<Badge, {readonly may: string}>> = {
  output: {may: 'change the model’s output'},
  training: {may: 'need training'},
  hardware: {may: 'need hardware that is not sold'},
  secondary: {may: 'rest on secondary sources'},
  simulated: {may: ''},
};

/** A figure's name, and how it is written. */
export const figures: Readonly<Record<Drawn, {readonly title: string; readonly text: (v: number) => string}>> = {
  latency: {title: 'latency', text: (v) => time(picoseconds(v))},
  throughput: {title: 'tokens a second', text: short},
  energy: {title: 'energy a token', text: (v) => energy(picojoules(v))},
  memory: {title: 'GPU memory', text: (v) => size(bytes(v))},
  ttft: {title: 'time to first token', text: (v) => time(picoseconds(v))},
  tpot: {title: 'time per output token', text: (v) => time(picoseconds(v))},
};

/** The goals of an inverse, for people. */
export const metrics: Readonly<Record<Metric, string>> = {
  latency: 'latency of at most', ttft: 'time to first token of at most', tpot: 'time per output token of at most', throughput: 'throughput of at least',
  energy: 'energy of at most', speedup: 'as fast as another strategy, times', fits: 'everything fits its memory',
};

/** A goal's value as it is written. */
export function metricText(m: Metric, v: number): string {
  switch (m) {
    case 'throughput':
      return `${short(v)} tokens/s`;
    case 'energy':
      return energy(picojoules(v));
    case 'speedup':
      return ratio(v);
    case 'fits':
      return `${(100 * v).toFixed(1)} %`;
    default:
      return time(picoseconds(v));
  }
}
