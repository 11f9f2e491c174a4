// Made-up scenarios and reports, for tests only.

import {toResult} from '../src/engine/engine';
import type {Result} from '../src/engine/engine';
import type {FromWorker, Port, ToWorker} from '../src/engine/protocol';
import type {Outcome} from '../src/state/runner';
import type {Report, Scenario} from '../src/wire.gen';

export type Deep<T> = {readonly [K in keyof T]?: T[K] extends object ? Deep<T[K]> : unknown};

/** A report with what a test sets, and the least of everything else. */
export function resultOf(some: Deep<Report>): Result {
  const critical = some.resources ?? [];
  return toResult({
    strategy: 'MD+LB', latency_ps: 1000, bound_ps: 500, tokens: 10, layers: [], memory: [], energy: [], warnings: null,
    provenance: null, ...some, resources: critical, timeline: some.timeline ?? null,
  } as unknown as Report);
}

export const outcomeOf = (report: Result): Outcome => ({key: 'k', report, failed: null});

/** A scenario with what a test sets. */
export const scenarioOf = (some: Deep<Scenario>): Scenario => some as unknown as Scenario;

/** A worker that a test answers for. */
export class FakePort implements Port {
  readonly posted: ToWorker[] = [];
  terminated = false;
  private hear: (m: FromWorker) => void = () => undefined;

  post(message: ToWorker): void {
    this.posted.push(message);
  }

  listen(hear: (m: FromWorker) => void): void {
    this.hear = hear;
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromWorker): void {
    this.hear(message);
  }

  /** The id of the last call. */
  get id(): number {
    const last = this.posted.at(-1);
    return last && last.kind !== 'start' ? last.id : 0;
  }
}
