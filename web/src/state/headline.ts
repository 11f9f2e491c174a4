// What the results mean, in a sentence. Pure: it is tested without a page.

import {percent, ratio, time, waitsFor} from '../base/format';
import {share} from '../base/units';
import type {Result} from '../engine/engine';
import type {Resource} from '../wire.gen';
import type {Outcome} from './runner';

/** A difference below this is none worth moving hardware for. */
const worth = 1.05;

export interface Headline {
  readonly tone: 'helps' | 'plain' | 'no';
  readonly text: string;
}

const isDevice = (r: Result) => r.strategy.startsWith('MD');
/** Whether a report is of a variant of the baseline. */
export const isBaseline = (r: Result) => r.strategy.startsWith('GPU+PM');

/** How many times faster a is than b. */
export const speedup = (a: Result, b: Result) => b.latency_ps / a.latency_ps;

/** The fastest of some reports. */
export function fastest(all: readonly Result[]): Result | undefined {
  return all.reduce<Result | undefined>((best, r) => (best && best.latency_ps <= r.latency_ps ? best : r), undefined);
}

/** The reports that there are. */
export const reportsOf = (outcomes: ReadonlyMap<string, Outcome>) => [...outcomes.values()].flatMap((o) => (o.report ? [o.report] : []));

/** The baseline to compare with: the faster GPU+PM of those that ran. */
export const baselineOf = (outcomes: ReadonlyMap<string, Outcome>) => fastest(reportsOf(outcomes).filter(isBaseline));

/** The share of the latency that waited for a resource. */
export function waited(r: Result, name: string): number {
  const found = r.resources.find((x) => x.name === name);
  return found ? share(found.critical_ps, r.latency_ps) : 0;
}

/** The share of a run that a resource, or each of several alike in the mean, was busy. */
export const busyShare = (r: Resource, run: Result) => share(r.busy_ps, run.latency_ps) / (r.units ?? 1);

/** The resource that most of the latency waited for. */
export function limit(r: Result): {readonly name: string; readonly share: number} {
  const [first, ...rest] = r.resources.map((x) => ({name: x.name, share: share(x.critical_ps, r.latency_ps)}));
  return rest.reduce((a, b) => (b.share > a.share ? b : a), first ?? {name: '', share: 0});
}

/** Whether GPU memory could hold every expert: every strategy's report says the same. */
export const allOnGpu = (outcomes: ReadonlyMap<string, Outcome>) => reportsOf(outcomes).some((r) => r.fits_gpu);

/** What the comparison means. The outcomes must be of one scenario. */
export function headline(outcomes: ReadonlyMap<string, Outcome>): Headline {
  const reports = reportsOf(outcomes);
  const device = fastest(reports.filter(isDevice));
  const others = reports.filter((r) => !isDevice(r) && r.strategy !== 'Ideal');
  const base = baselineOf(outcomes);
  if (allOnGpu(outcomes)) return {tone: 'no', text: 'MoNDE does not help here: every expert fits in GPU memory, so nothing needs to move.'};
  if (!device || !base) return single(fastest(others) ?? device ?? reports[0], device !== undefined);
  const best = fastest(others) ?? base;
  const moving = `GPU+PM spends ${percent(waited(base, 'link_in'))} of the time moving weights`;
  if (speedup(device, best) < worth) return {tone: 'no', text: `MoNDE does not help here: ${refusal(device, best)}. ${moving}.`};
  const lead = best === base ? '' : `, and ${ratio(speedup(device, best))} faster than ${best.strategy}`;
  return {tone: 'helps', text: `${moving}; ${device.strategy} is ${ratio(speedup(device, base))} faster here${lead}.`};
}

function refusal(device: Result, best: Result): string {
  const gain = speedup(device, best);
  if (gain >= 1) return `${device.strategy} is only ${percent(gain - 1)} faster than ${best.strategy}`;
  return `${best.strategy} is ${ratio(1 / gain)} faster than ${device.strategy}`;
}

function single(r: Result | undefined, device: boolean): Headline {
  if (!r) return {tone: 'plain', text: 'No strategy has a result yet.'};
  const {name, share: part} = limit(r);
  const hint = device ? 'Compare it with GPU+PM to see what moving weights costs.' : 'This machine has no MoNDE device to compare with.';
  return {tone: 'plain', text: `${r.strategy} takes ${time(r.latency_ps)}; ${percent(part)} of it waits for ${waitsFor(name)}. ${hint}`};
}
