// The figures of a sweep's points, and which of them are better: pure.

import {energy, percent, ratio, short, size, time} from '../base/format';
import {bytes, picojoules, picoseconds} from '../base/units';
import type {SweepResult, SweepRow} from '../wire.gen';

/** A figure of a point. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly better: 'less' | 'more';
  readonly of: (r: SweepResult) => number; // not a number: the point has none
  readonly text: (v: number) => string;
}

const ps = (v: number) => time(picoseconds(Math.round(v)));
const pj = (v: number) => energy(picojoules(v));
const given = (v: number) => (v > 0 ? v : Number.NaN); // 0 stands for none

export const metrics: readonly Metric[] = [
  {key: 'latency', title: 'Latency', better: 'less', of: (r) => r.latency_ps, text: ps},
  {key: 'throughput', title: 'Tokens/s', better: 'more', of: (r) => r.tokens_per_second, text: short},
  {key: 'tpot', title: 'TPOT, mean', better: 'less', of: (r) => given(r.tpot_mean_ps), text: ps},
  {key: 'tpot99', title: 'TPOT, p99', better: 'less', of: (r) => given(r.tpot_p99_ps), text: ps},
  {key: 'ttft', title: 'TTFT', better: 'less', of: (r) => given(r.ttft_ps), text: ps},
  {key: 'energy', title: 'Energy per token', better: 'less', of: (r) => given(r.energy_per_token), text: pj},
  {key: 'total', title: 'Energy, total', better: 'less', of: (r) => given(r.energy_pj), text: pj},
  {key: 'link', title: 'Link bytes', better: 'less', of: (r) => r.link_in_bytes + r.link_out_bytes, text: (v) => size(bytes(v))},
  {key: 'memory', title: 'GPU memory', better: 'less', of: (r) => given(r.gpu_bytes), text: (v) => size(bytes(v))},
  {key: 'hits', title: 'Cache hit rate', better: 'more', of: (r) => given(r.hit_rate), text: percent},
  {key: 'hot', title: 'Hot experts', better: 'less', of: (r) => given(r.hot_experts), text: short},
  {key: 'limit', title: 'Share of the limit', better: 'less', of: (r) => given(r.limit_share), text: percent},
  {key: 'bound', title: 'Over the lower bound', better: 'less', of: (r) => r.latency_ps / given(r.bound_ps), text: ratio},
];

/** The metric of that key, or the first. */
export const metricOf = (key: string): Metric => metrics.find((m) => m.key === key) ?? metrics[0]!;

/** The figure of a row; not a number if it has none. */
export const figureOf = (m: Metric, row: SweepRow) => (row.result ? m.of(row.result) : Number.NaN);

/** The metrics that some row has a figure of; the first always. */
export const knownMetrics = (rows: readonly SweepRow[]) => metrics.filter((m, i) => i === 0 || rows.some((r) => Number.isFinite(figureOf(m, r))));

/** How much worse a is than b: below 0 if a is better; what has no figure is worst. */
export function worse(m: Metric, a: SweepRow, b: SweepRow): number {
  const [x, y] = [figureOf(m, a), figureOf(m, b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return m.better === 'less' ? x - y : y - x;
}

/** The best rows, at most so many; of equals, the first point. */
export function bestOf(m: Metric, rows: readonly SweepRow[], most: number): SweepRow[] {
  return rows.filter((r) => Number.isFinite(figureOf(m, r))).sort((a, b) => worse(m, a, b) || a.index - b.index).slice(0, most);
}

/** The figures' range, and how a colour stands for one. */
export interface Shades {
  readonly low: number;
  readonly high: number;
  readonly log: boolean; // it spans a decade and more
}

/** The shades of some figures; null without any. */
export function shadesOf(figures: readonly number[]): Shades | null {
  let [low, high] = [Infinity, -Infinity];
  for (const v of figures) {
    if (!Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return low <= high ? {low, high, log: low > 0 && high / low >= 10} : null;
}

/** Where a figure lies in its shades, 0 to 1. */
export function shareOf({low, high, log}: Shades, v: number): number {
  if (high === low) return 0.5;
  return log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);
}
