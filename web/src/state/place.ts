// What the pictures of one expert show of the engine's figures, and the roofs of a
// datasheet: pure. How long anything takes is the engine's to say.

import {rangeOf} from '../base/scale';
import type {Range} from '../base/scale';
import {bytesPerSecond} from '../base/units';
import type {BytesPerSecond, Picoseconds} from '../base/units';
import type {Cost, Machine, ModelSpec, Placed, PlacedAt, Scenario} from '../wire.gen';
import type {Group} from './roofline';

/** Where one expert may be computed, and what must come there first. */
export const sites = ['device', 'host', 'moved', 'gpu'] as const;
export type Site = (typeof sites)[number];

/** The least of a scenario that its roofs depend on. */
export type Case = Pick<Scenario, 'machine'> & {readonly strategy: Pick<Scenario['strategy'], 'home'>};

/** What the engine said of one expert, by its tokens. */
export interface Figures extends Omit<Placed, 'counts'> {
  readonly key: string; // of the scenario
  readonly at: ReadonlyMap<number, PlacedAt>;
}

/** How far the engine looks for the crossover and what it can be asked for, in tokens. */
export const farthest = 65_536;

/** The weights of one expert. */
export const weightsOf = (m: ModelSpec) => (m.gated ? 3 : 2) * m.d_model * m.expert_ff;

/** What they take. */
const expertBytes = (m: ModelSpec) => (weightsOf(m) * m.expert_bits) / 8;

/** Operations for t tokens of one expert. */
export const operations = (m: ModelSpec, t: number) => 2 * t * weightsOf(m);

/** Operations for each byte of weights: as many as there are tokens, where weights are bf16. */
export const intensity = (m: ModelSpec, t: number) => operations(m, t) / expertBytes(m);

/** The tokens that give an intensity. */
export const tokensAt = (m: ModelSpec, x: number) => (x * expertBytes(m)) / (2 * weightsOf(m));

/** Where a machine can compute an expert. */
export const sitesOf = ({machine: {device}, strategy}: Case): readonly Site[] => sites.filter((s) => s !== 'device' || (device.count > 0 && strategy.home !== 'flash'));

/** What one expert takes somewhere; undefined where it is not known, or longer than a run may take. */
export const costAt = (f: Figures, site: Site, t: number): Cost | undefined => f.at.get(t)?.[site];

/** How long one expert takes somewhere, if that is known. */
export const timeAt = (f: Figures, site: Site, t: number): Picoseconds | undefined => costAt(f, site, t)?.time_ps;

/** How fast an expert's weights arrive over the link, once they flow. */
export const moveRate = (f: Figures) => bytesPerSecond((f.expert_bytes / Math.max(1, f.pmove_ps - f.latency_ps)) * 1e12);

/** The tokens of some experts, as the engine can be asked for them: the mean of many is no whole number. */
export const wholeOf = (g: Pick<Group, 'tokens'>) => Math.max(1, Math.round(g.tokens));

/** The number of tokens nearest to t that figures are known of. */
export function nearest(f: Figures, t: number): number {
  if (f.at.has(t)) return t;
  let best = 1;
  for (const known of f.at.keys()) if (Math.abs(known - t) < Math.abs(best - t)) best = known;
  return best;
}

/** The numbers of tokens that pictures show: all that there are, and a good way past the crossover. */
export function tokensRange(groups: readonly Group[], crossover: number | null): Range {
  const most = Math.max(64, (crossover ?? 0) * 8, ...groups.map((g) => g.tokens));
  return {from: 1, to: Math.min(farthest, rangeOf([most]).to)};
}

/** Numbers of tokens at which a curve may bend: all small ones, and both sides of each step of so many rows. */
export function bends(rows: number, to: number): number[] {
  const all = new Set([1, to]);
  for (let t = 1; t <= to; t = Math.max(t + 1, Math.floor(t * 1.06))) {
    const edge = Math.ceil(t / rows) * rows;
    for (const v of [edge, edge + 1]) if (v <= to) all.add(v);
  }
  return [...all].sort((a, b) => a - b);
}

/** The numbers of tokens of the table: around the first passes, powers of two, and around the crossover. */
export function rowsOf(to: number, crossover: number | null): number[] {
  const all = new Set([1, 2, 3, 4, 5, 6, 8]);
  for (let t = 16; t <= to; t *= 2) all.add(t);
  if (crossover !== null && crossover > 1) all.add(crossover - 1).add(crossover);
  return [...all].filter((t) => t <= to).sort((a, b) => a - b);
}

/** The curve's numbers of tokens: steps are those of the device, where there is one. */
export const curveOf = ({device}: Machine, to: number) => bends(device.count > 0 ? device.ndp.rows : 1, to);

/** Every number of tokens that the pictures of a layer need, once the crossover is known. */
export function needed(machine: Machine, groups: readonly Group[], crossover: number | null): number[] {
  const {to} = tokensRange(groups, crossover);
  return [...new Set([...curveOf(machine, to), ...rowsOf(to, crossover), ...groups.map(wholeOf).filter((t) => t <= farthest)])];
}

/** Those of some numbers of tokens that no figures are known of. */
export const lacking = (f: Figures | null, counts: readonly number[]) => counts.filter((t) => !f?.at.has(t));

/** A processor's roof: operations a second, and bytes of weights a second that reach it. */
export interface Roof {
  readonly site: Site;
  readonly peak: number; // FLOP/s
  readonly rate: BytesPerSecond;
}

/** The operations a second that a roof allows at an intensity. */
export const under = (r: Roof, x: number) => Math.min(r.peak, r.rate * x);

/** The roofs of a machine whose link brings weights at a rate: of one device, where it has several. */
export function roofsOf(c: Case, move: BytesPerSecond): Roof[] {
  const {gpu, host, device} = c.machine;
  const compute = gpu.compute_flops_per_s * gpu.compute_efficiency;
  const {arrays, rows, cols, clock_hz} = device.ndp;
  const all: Roof[] = [
    {site: 'device', peak: 2 * arrays * rows * cols * clock_hz, rate: bytesPerSecond(device.bandwidth_bytes_per_s * device.efficiency)},
    {site: 'host', peak: host.compute_flops_per_s * host.compute_efficiency, rate: bytesPerSecond(host.bandwidth_bytes_per_s * host.bandwidth_efficiency)},
    {site: 'moved', peak: compute, rate: move},
    {site: 'gpu', peak: compute, rate: bytesPerSecond(gpu.bandwidth_bytes_per_s * gpu.bandwidth_efficiency)},
  ];
  return all.filter((r) => sitesOf(c).includes(r.site));
}
