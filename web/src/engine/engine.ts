// What the page asks of a simulator, wherever it runs.

import {picoseconds} from '../base/units';
import type {Picoseconds} from '../base/units';
import type {Advice, AdviceAsk, Catalog, DeviceSight, Failed, Inverse, InverseAsk, Look, Message, PartialReport, Place, Placed, Progress, Report, Resolved, Scenario, Short, SweepRow, SweepState, Timeline, Trace} from '../wire.gen';
import {WIRE_VERSION} from '../wire.gen';
import {unreachable} from '../base/unreachable';

/** A Timeline in arrays that move between threads without a copy. */
export interface Columns {
  readonly resources: readonly string[];
  readonly works: readonly string[];
  readonly resource: Int32Array;
  readonly work: Int32Array;
  readonly pass: Int32Array;
  readonly layer: Int32Array;
  readonly expert: Int32Array;
  readonly start: Float64Array; // picoseconds, exact below 2^53
  readonly end: Float64Array;
  readonly total: number;
}

/** A report whose timeline is in Columns. */
export type Result = Omit<Report, 'timeline'> & {readonly timeline: Columns};

/** One step of a run. */
export type Update =
  | {readonly kind: 'progress'; readonly progress: Progress}
  | {readonly kind: 'partial'; readonly partial: PartialReport}
  | {readonly kind: 'report'; readonly report: Result}
  | {readonly kind: 'advice'; readonly advice: Advice}
  | {readonly kind: 'inverse'; readonly inverse: Inverse}
  | {readonly kind: 'failed'; readonly failed: Failed}
  | {readonly kind: 'rows'; readonly rows: readonly SweepRow[]}
  | {readonly kind: 'swept'; readonly swept: SweepState}
  | {readonly kind: 'moved'} // the server leaves, another one goes on
  | {readonly kind: 'lost'} // the connection, which is being opened again; never of the wire
  | {readonly kind: 'end'};

export interface RunOptions {
  readonly spans: boolean; // fill the timeline
}

/** Runs scenarios somewhere: in a worker, or on the server. */
export interface Engine extends Disposable {
  readonly where: 'wasm' | 'server';
  run(scenario: Scenario, options: RunOptions, signal: AbortSignal): AsyncIterable<Update>;
}

/** Looks at one expert on its device. Rejects with a Refusal. */
export interface Looker {
  look(scenario: Scenario | Short, look: Look, signal: AbortSignal): Promise<DeviceSight>;
}

/** Tells what one expert takes wherever it may be computed. Rejects with a Refusal. */
export interface Placer {
  place(scenario: Scenario | Short, place: Place, signal: AbortSignal): Promise<Placed>;
}

/** Says what to do with a scenario, and how much of a quantity a goal needs. */
export interface Searcher extends Disposable {
  advise(scenario: Scenario, ask: AdviceAsk, signal: AbortSignal): AsyncIterable<Update>;
  inverse(scenario: Scenario, ask: InverseAsk, signal: AbortSignal): AsyncIterable<Update>;
}

/** The rest of core, which only the worker has. Every call rejects with a Refusal. */
export interface Core {
  catalog(): Promise<Catalog>;
  resolve(scenario: Scenario | Short): Promise<Resolved>;
  encode(scenario: Scenario): Promise<string>;
  decode(link: string): Promise<Resolved>;
  model(config: unknown): Promise<Resolved>;
  attach(name: string, file: ArrayBuffer): Promise<Trace>;
}

/** An answer of the engine that is a Failed. */
export class Refusal extends Error {
  constructor(readonly failed: Failed) {
    super(failed.reason || failed.fields.map((f) => `${f.path}: ${f.reason}`).join('; '));
  }
}

/** A Failed of the page's own making. */
export const failure = (code: Failed['code'], reason: string): Failed => ({code, reason, fields: []});

/** Reads a message of a run's stream; a version that it does not know fails. */
export function toUpdate(m: Message): Update {
  if (m.v !== WIRE_VERSION) {
    return {kind: 'failed', failed: failure('internal', `This page reads messages of version ${WIRE_VERSION}, and the engine sent version ${m.v}. Reload the page.`)};
  }
  switch (m.kind) {
    case 'progress':
      return {kind: m.kind, progress: m.progress};
    case 'partial':
      return {kind: m.kind, partial: m.partial};
    case 'report':
      return {kind: m.kind, report: toResult(m.report)};
    case 'advice':
      return {kind: m.kind, advice: m.advice};
    case 'inverse':
      return {kind: m.kind, inverse: m.inverse};
    case 'rows':
      return {kind: m.kind, rows: m.rows.list};
    case 'swept':
      return {kind: m.kind, swept: m.swept};
    case 'failed':
      return {kind: m.kind, failed: {...m.failed, fields: m.failed.fields ?? []}};
    case 'moved':
    case 'end':
      return {kind: m.kind};
    default:
      return unreachable(m);
  }
}

/** Packs a report. Go writes a list without elements as null. */
export function toResult(r: Report): Result {
  return {
    ...r,
    layers: r.layers ?? [],
    memory: r.memory ?? [],
    energy: r.energy ?? [],
    warnings: r.warnings ?? [],
    provenance: r.provenance ?? [],
    trust: r.trust ?? [],
    timeline: columns(r.timeline),
  };
}

/** Packs a timeline into typed arrays. */
export function columns(t: Timeline | null | undefined): Columns {
  return {
    resources: t?.resources ?? [],
    works: t?.works ?? [],
    resource: Int32Array.from(t?.resource ?? []),
    work: Int32Array.from(t?.work ?? []),
    pass: Int32Array.from(t?.pass ?? []),
    layer: Int32Array.from(t?.layer ?? []),
    expert: Int32Array.from(t?.expert ?? []),
    start: Float64Array.from(t?.start_ps ?? []),
    end: Float64Array.from(t?.end_ps ?? []),
    total: t?.total ?? 0,
  };
}

/** The buffers of an update that may be moved instead of copied. */
export function transferable(u: Update): ArrayBufferLike[] {
  if (u.kind !== 'report') return [];
  const t = u.report.timeline;
  return [t.resource, t.work, t.pass, t.layer, t.expert, t.start, t.end].map((a) => a.buffer);
}

/** When span i starts. */
export const startOf = (c: Columns, i: number): Picoseconds => picoseconds(c.start[i] ?? 0);

/** When span i ends. */
export const endOf = (c: Columns, i: number): Picoseconds => picoseconds(c.end[i] ?? 0);
