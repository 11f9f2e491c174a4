// The timeline in the format that Perfetto and chrome://tracing read.

import {resource, work} from '../base/format';
import type {Result} from '../engine/engine';

interface TraceEvent {
  readonly ph: 'X' | 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number; // microseconds
  readonly dur?: number;
  readonly args: Readonly<Record<string, string | number>>;
}

export function chromeTrace(r: Result): {readonly traceEvents: readonly TraceEvent[]} {
  const t = r.timeline;
  const names = t.resources.map((name, tid): TraceEvent => ({ph: 'M', name: 'thread_name', pid: 1, tid, args: {name: resource(name)}}));
  const spans = Array.from(t.start, (start, i): TraceEvent => ({
    ph: 'X',
    name: work(t.works[t.work[i] ?? 0] ?? ''),
    pid: 1,
    tid: t.resource[i] ?? 0,
    ts: start / 1e6,
    dur: ((t.end[i] ?? start) - start) / 1e6,
    args: {pass: t.pass[i] ?? 0, layer: t.layer[i] ?? 0, expert: t.expert[i] ?? -1},
  }));
  return {traceEvents: [...names, ...spans]};
}
