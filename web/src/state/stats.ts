// What the page measures about itself, for the end-to-end tests.

import {afterPaint} from '../base/browser';
import type {Milliseconds} from '../base/units';

interface Stats {
  readonly reruns: number[]; // ms from a change to the paint of every compared result
  readonly first: number[]; // ms from a change to the paint of the selected result
}

declare global {
  interface Window {
    __mondeStats?: Stats;
  }
}

const kept = 2000;
const stats: Stats = {reruns: [], first: []};
let interactive = false;

/** Lets tests read the measures. */
export function publishStats(): void {
  window.__mondeStats = stats;
}

/** Notes how long it took from a change to the frame that shows its results. */
export function painted(kind: keyof Stats, from: Milliseconds): void {
  afterPaint(() => {
    const name = kind === 'reruns' ? 'rerun' : 'rerun-first';
    const measure = performance.measure(name, {start: from, end: performance.now()});
    if (stats[kind].push(measure.duration) > kept) {
      stats[kind].shift();
      performance.clearMeasures(name);
    }
    if (interactive) return;
    interactive = true;
    performance.mark('interactive');
  });
}
