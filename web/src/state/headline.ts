// What the results mean, in a sentence. Pure: it is tested without a page.

import {percent, ratio, short, time, waitsFor} from '../base/format';
import {share} from '../base/units';
import type {Result} from '../engine/engine';
import type {Resource} from '../wire.gen';
import {badgeWords, nearCompute} from './badges';
import type {Ran} from './entries';
import type {Outcome} from './runner';

/** A difference below this is none worth moving hardware for. */
const worth = 1.05;

export interface Headline {
  readonly tone: 'helps' | 'plain' | 'no';
  readonly text: string;
}

/** A report, and what of its strategy matters here. */
interface Shown {
  readonly report: Result;
  readonly name: string; // for people, with what was changed and what it asks for
  readonly ran: Ran | undefined;
}

const as = (o: Outcome): Shown | null => o.report && {report: o.report, ran: o.ran, name: `${o.report.strategy}${o.ran?.mark ?? ''}`};

const named = (r: Shown, start: string) => r.report.strategy.startsWith(start) && !r.ran?.changed;
/** Whether an outcome is of MoNDE, as it is published. */
const isMonde = (r: Shown) => named(r, 'MD');
/** Whether what computes near the data leads, which nobody has measured. */
const isNear = (r: Shown) => isMonde(r) || (r.ran ? nearCompute(r.ran.spec) : false);
const isIdeal = (r: Shown) => r.ran?.spec.home === 'gpu' || r.report.strategy === 'Ideal';
/** Whether an outcome is of a variant of the baseline, as the catalog has it. */
export const isBaseline = (o: Outcome) => {
  const r = as(o);
  return r !== null && named(r, 'GPU+PM');
};

/** The time that a run takes for as many tokens as another. */
const perToken = (r: Sized) => r.latency_ps / (r.tokens || 1);
type Sized = Pick<Result, 'latency_ps' | 'tokens'>;

/** How many times faster a is than b: by the token, where they run different numbers of them. */
export const speedup = (a: Sized, b: Sized) => (a.tokens === b.tokens ? b.latency_ps / a.latency_ps : perToken(b) / perToken(a));

/** How many times the tokens of the smallest of some reports one has: a whole number of sequences more, as a rule. */
export function sequences(r: Result, all: readonly Result[]): number {
  const least = Math.min(...all.map((x) => x.tokens).filter((t) => t > 0));
  return r.tokens > 0 && Number.isFinite(least) ? r.tokens / least : 1;
}

const faster = <T,>(report: (x: T) => Result) => (all: readonly T[]) => all.reduce<T | undefined>((best, x) => (best !== undefined && perToken(report(best)) <= perToken(report(x)) ? best : x), undefined);

/** The fastest of some reports. */
export const fastest = faster((r: Result) => r);
const first = faster((r: Shown) => r.report);

/** The reports that there are. */
export const reportsOf = (outcomes: ReadonlyMap<string, Outcome>) => [...outcomes.values()].flatMap((o) => (o.report ? [o.report] : []));

/** The baseline to compare with: the faster GPU+PM of those that ran. */
export const baselineOf = (outcomes: ReadonlyMap<string, Outcome>) => fastest([...outcomes.values()].filter(isBaseline).flatMap((o) => o.report ?? []));

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
  const all = [...outcomes.values()].flatMap((o) => as(o) ?? []);
  const device = first(all.filter(isMonde));
  const others = all.filter((r) => !isNear(r) && !isIdeal(r));
  const base = first(all.filter((r) => named(r, 'GPU+PM')));
  if (allOnGpu(outcomes)) return {tone: 'no', text: 'MoNDE does not help here: every expert fits in GPU memory, so nothing needs to move.'};
  if (!device || !base) return single(first(all.filter((r) => !isIdeal(r))) ?? all[0], device !== undefined);
  const best = first(others) ?? base;
  const moving = `${base.name} spends ${percent(waited(base.report, 'link_in'))} of the time moving weights`;
  const rival = first(all.filter((r) => isNear(r) && !isMonde(r)));
  const still = rival && speedup(rival.report, device.report) >= worth ? `; ${rival.name} is ${ratio(speedup(rival.report, device.report))} faster still` : '';
  if (speedup(device.report, best.report) < worth) return {tone: 'no', text: `MoNDE does not help here: ${refusal(device, best)}. ${moving}.`};
  const lead = best === base ? '' : `, and ${ratio(speedup(device.report, best.report))} faster than ${asking(best, device.report)}`;
  return {tone: 'helps', text: `${moving}; ${device.name} is ${ratio(speedup(device.report, base.report))} faster here${lead}${still} (simulated only).`};
}

/** A strategy's name, and what it asks for or does that one beside it does not. */
function asking({name, ran, report}: Shown, beside = report): string {
  const asks = (ran?.badges ?? []).filter((b) => b === 'output' || b === 'training').map((b) => badgeWords[b]);
  const times = beside.tokens > 0 ? report.tokens / beside.tokens : 1;
  const said = [...asks, ...(times > 1 ? [`runs ${short(times)}× the sequences`] : [])];
  return said.length > 0 ? `${name}, which ${said.join(' and ')}` : name;
}

/** The same before a verb. */
const subject = (name: string) => (name.includes(', which ') ? `${name},` : name);

function refusal(device: Shown, best: Shown): string {
  const gain = speedup(device.report, best.report);
  const rival = asking(best, device.report);
  if (gain >= 1) return `${device.name} is only ${percent(gain - 1)} faster than ${rival}`;
  return `${subject(rival)} is ${ratio(1 / gain)} faster than ${device.name}${best.report.tokens === device.report.tokens ? '' : ' by the token'}`;
}

function single(shown: Shown | undefined, device: boolean): Headline {
  if (!shown) return {tone: 'plain', text: 'No strategy has a result yet.'};
  const r = shown.report;
  const {name, share: part} = limit(r);
  const hint = device ? 'Compare it with GPU+PM to see what moving weights costs.' : 'There is no run of MoNDE to compare with.';
  return {tone: 'plain', text: `${subject(asking(shown))} takes ${time(r.latency_ps)}${isNear(shown) ? ' (simulated only)' : ''}; ${percent(part)} of it waits for ${waitsFor(name)}. ${hint}`};
}
