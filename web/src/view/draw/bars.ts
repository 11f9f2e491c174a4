// The layout of the comparison: pure.

import {share, sum} from '../../base/units';
import type {Result} from '../../engine/engine';

export interface Segment {
  readonly resource: string;
  readonly share: number; // of this bar
  readonly width: number; // of the longest bar
}

export interface Bar {
  readonly segments: readonly Segment[];
  readonly width: number; // of the longest bar
}

/** One bar: its length is the latency, its parts what the latency waited for. */
export function barOf(r: Result, longest: number): Bar {
  const width = longest > 0 ? r.latency_ps / longest : 0;
  const parts = r.resources.filter((x) => x.critical_ps > 0);
  const whole = sum(parts.map((p) => p.critical_ps));
  const segments = parts.map((p) => {
    const s = share(p.critical_ps, whole);
    return {resource: p.name, share: s, width: s * width};
  });
  return {segments, width};
}
