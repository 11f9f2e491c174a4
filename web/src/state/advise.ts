// Asks for advice and for inverses, and keeps the newest answers. Only the view of
// advice holds this.

import {batch, signal} from '@preact/signals';
import {Latest} from '../base/latest';
import {bytes, picojoules, picoseconds} from '../base/units';
import type {Searcher, Update} from '../engine/engine';
import {failure} from '../engine/engine';
import {failedOf} from '../engine/server';
import type {Advice, AdviceAsk, Badge, Candidate, Failed, Inverse, InverseAsk, Metric, Objective, Progress, Scenario} from '../wire.gen';

/** What a search does, or why it does nothing. */
export type Search =
  | {readonly kind: 'rest'}
  | {readonly kind: 'busy'; readonly progress: Progress | null}
  | {readonly kind: 'failed'; readonly failed: Failed}
  | {readonly kind: 'cancelled'};

/** An answer, and which scenario and ask it is of. */
export interface Answer<T> {
  readonly key: string;
  readonly value: T;
}

/** What tells answers apart: the scenario, and what was asked of it. */
export const keyOf = (s: Scenario, ask: unknown) => JSON.stringify([{...s, title: ''}, ask]);

/** One kind of search: the newest replaces the one before. */
export class Seeker<Ask, T> {
  readonly answer = signal<Answer<T> | null>(null);
  readonly phase = signal<Search>({kind: 'rest'});
  private readonly latest = new Latest();

  /** open gives a searcher of its own to each search: cancelling ends its worker. */
  constructor(
    private readonly open: () => Searcher, private readonly prepare: (s: Scenario) => Promise<void> | null,
    private readonly start: (on: Searcher, s: Scenario, ask: Ask, stop: AbortSignal) => AsyncIterable<Update>, private readonly pick: (u: Update) => T | null,
  ) {}

  async ask(s: Scenario, ask: Ask): Promise<void> {
    const stop = this.latest.next();
    this.phase.value = {kind: 'busy', progress: null};
    await this.prepare(s)?.catch(() => undefined); // a missing trace is the search's to report
    if (stop.aborted) return;
    const searcher = this.open();
    try {
      await this.follow(searcher, s, ask, stop);
    } catch (e) {
      if (!stop.aborted) this.phase.value = {kind: 'failed', failed: failedOf(e)};
    } finally {
      searcher[Symbol.dispose]();
    }
  }

  cancel(): void {
    this.latest.stop();
    if (this.phase.peek().kind === 'busy') this.phase.value = {kind: 'cancelled'};
  }

  private async follow(searcher: Searcher, s: Scenario, ask: Ask, stop: AbortSignal): Promise<void> {
    for await (const u of this.start(searcher, s, ask, stop)) {
      if (stop.aborted) return;
      const value = this.pick(u);
      if (u.kind === 'progress') this.phase.value = {kind: 'busy', progress: u.progress};
      if (u.kind === 'failed') return void (this.phase.value = {kind: 'failed', failed: u.failed});
      if (value) return batch(() => {
        this.answer.value = {key: keyOf(s, ask), value};
        this.phase.value = {kind: 'rest'};
      });
    }
    if (!stop.aborted) this.phase.value = {kind: 'failed', failed: failure('internal', 'The search ended without an answer.')};
  }
}

/** Both searches, and what their forms hold. */
export class Advising {
  readonly advice: Seeker<AdviceAsk, Advice>;
  readonly inverse: Seeker<InverseAsk, Inverse>;
  readonly form = signal<AdviceForm>(usualForm);
  readonly goal = signal<GoalForm>(usualGoal);

  constructor(open: () => Searcher, prepare: (s: Scenario) => Promise<void> | null) {
    this.advice = new Seeker(open, prepare, (on, s, ask: AdviceAsk, stop) => on.advise(s, ask, stop), (u) => (u.kind === 'advice' ? u.advice : null));
    this.inverse = new Seeker(open, prepare, (on, s, ask: InverseAsk, stop) => on.inverse(s, ask, stop), (u) => (u.kind === 'inverse' ? u.inverse : null));
  }
}

/** A limit that the form has a field for, in the unit of the field. */
export const limits = ['latency', 'ttft', 'tpot', 'throughput', 'energy', 'gpu'] as const;
export type Limit = (typeof limits)[number];

/** What the form of advice holds: limits as they are typed. */
export interface AdviceForm {
  readonly objective: Objective;
  readonly allow: readonly Badge[];
  readonly overfull: boolean;
  readonly limits: Readonly<Record<Limit, string>>;
}

export const usualForm: AdviceForm = {
  objective: 'latency', allow: ['hardware'], overfull: false, limits: {latency: '', ttft: '', tpot: '', throughput: '', energy: '', gpu: ''},
};

/** What is wrong with a number as it is typed; empty is no limit. */
export function wrong(text: string): string {
  if (text.trim() === '') return '';
  const n = Number(text);
  return Number.isFinite(n) && n > 0 ? '' : 'must be a number above 0';
}

/** What a form asks for; null while a limit is no number. */
export function askOf(f: AdviceForm): AdviceAsk | null {
  if (limits.some((l) => wrong(f.limits[l]) !== '')) return null;
  const number = (l: Limit) => Number(f.limits[l]);
  const gpu = number('gpu');
  return {
    objective: f.objective, allow: f.allow, overfull: f.overfull,
    ...(gpu > 0 ? {memory: {gpu_bytes: bytes(Math.round(gpu * 1e9))}} : {}),
    latency_ps: picoseconds(Math.round(number('latency') * 1e9)), ttft_ps: picoseconds(Math.round(number('ttft') * 1e9)), tpot_ps: picoseconds(Math.round(number('tpot') * 1e9)),
    tokens_per_second: number('throughput'), energy_per_token_pj: picojoules(Math.round(number('energy') * 1e9)),
  };
}

/** What the form of an inverse holds. */
export interface GoalForm {
  readonly vary: string;
  readonly metric: Metric;
  readonly over: string;
  readonly target: string; // in ms, tokens/s, mJ or times
}

export const usualGoal: GoalForm = {vary: 'machine.device.bandwidth_bytes_per_s', metric: 'speedup', over: 'GPU+PM', target: '3'};

/** How much of a metric's unit is one of its field. */
export const unitsOf: Readonly<Record<Metric, {readonly per: number; readonly unit: string}>> = {
  latency: {per: 1e9, unit: 'ms'}, ttft: {per: 1e9, unit: 'ms'}, tpot: {per: 1e9, unit: 'ms'},
  throughput: {per: 1, unit: 'tokens/s'}, energy: {per: 1e9, unit: 'mJ a token'}, speedup: {per: 1, unit: 'times'}, fits: {per: 1, unit: ''},
};

/** What a form of an inverse asks for; null while its target is no number. */
export function goalOf(f: GoalForm): InverseAsk | null {
  if (f.metric === 'fits') return {vary: f.vary, metric: f.metric};
  if (f.target.trim() === '' || wrong(f.target) !== '') return null;
  const ask = {vary: f.vary, metric: f.metric, target: Number(f.target) * unitsOf[f.metric].per};
  return f.metric === 'speedup' ? {...ask, over: f.over} : ask;
}

/** What can be drawn of a candidate. */
export const drawn = ['latency', 'throughput', 'energy', 'memory', 'ttft', 'tpot'] as const;
export type Drawn = (typeof drawn)[number];

/** A candidate's figure, and whether more of it is better. */
export const figureOf: Readonly<Record<Drawn, (c: Candidate) => number>> = {
  latency: (c) => c.latency_ps, throughput: (c) => c.tokens_per_second, energy: (c) => c.energy_per_token_pj,
  memory: (c) => c.gpu_memory_bytes, ttft: (c) => c.ttft_ps, tpot: (c) => c.tpot_ps,
};

/** The rows that no other beats in both of two figures, along the first of them. */
export function frontOf(rows: readonly Candidate[], x: Drawn, y: Drawn): readonly Candidate[] {
  const value = (d: Drawn, c: Candidate) => (d === 'throughput' ? -figureOf[d](c) : figureOf[d](c));
  const beats = (a: Candidate, b: Candidate) => {
    const [ax, ay, bx, by] = [value(x, a), value(y, a), value(x, b), value(y, b)];
    return ax <= bx && ay <= by && (ax < bx || ay < by);
  };
  return rows.filter((r) => !rows.some((o) => beats(o, r))).sort((a, b) => figureOf[x](a) - figureOf[x](b));
}
