import {signal} from '@preact/signals';
import {failedOf} from '../engine/server';
import type {ServerEngine} from '../engine/server';
import type {Result, Update} from '../engine/engine';
import {unreachable} from '../base/unreachable';
import type {Failed, PartialReport, Progress, RunState, Scenario, State} from '../wire.gen';
import type {Files} from './files';

/** A run on the server, as far as it is known here. */
export interface Remote {
  readonly id: string;
  readonly watching: boolean; // somebody else's
  readonly about: string; // what is running; empty until the server has said it
  readonly state: State;
  readonly progress: Progress | null;
  readonly partial: PartialReport | null;
  readonly report: Result | null;
  readonly failed: Failed | null;
  readonly lost: boolean; // the connection, which is being opened again
  readonly note: string; // what was asked of the run and could not be done
}

const fresh: Remote = {id: '', about: '', watching: false, state: 'queued', progress: null, partial: null, report: null, failed: null, lost: false, note: ''};

/** What a run simulates, in a line. */
const aboutOf = (r: RunState) => [r.title, `${r.strategy}, ${r.model} on ${r.machine}`].filter(Boolean).join(': ');

/** What one update makes of a run. */
export function advance(before: Remote, u: Update): Remote {
  const run = before.lost ? {...before, lost: false} : before;
  switch (u.kind) {
    case 'progress':
      return {...run, state: 'running', progress: u.progress};
    case 'partial':
      return {...run, state: 'running', partial: u.partial};
    case 'report':
      return {...run, state: 'done', report: u.report};
    case 'failed':
      return {...run, state: u.failed.code === 'cancelled' ? 'cancelled' : 'failed', failed: u.failed};
    case 'lost':
      return {...run, lost: true};
    case 'advice': // no run on the server gives these
    case 'inverse':
    case 'rows':
    case 'swept':
    case 'moved':
    case 'end':
      return run;
    default:
      return unreachable(u);
  }
}

/** Whether a run goes on. */
export const isLive = (r: Remote | null) => r !== null && (r.state === 'queued' || r.state === 'running');

/** Starts, watches and cancels runs on the server. */
export class ServerRuns {
  readonly run = signal<Remote | null>(null);
  readonly available = signal<boolean | null>(null); // null: not known yet
  private leave = new AbortController();

  constructor(private readonly engine: Pick<ServerEngine, 'ready' | 'start' | 'state' | 'cancel' | 'putTrace' | 'watch'>) {}

  async detect(): Promise<void> {
    this.available.value = await this.engine.ready();
  }

  /** Starts a run. One that is cancelled before the server named it is cancelled when it does. */
  async start(scenario: Scenario, files: Pick<Files, 'ownTrace'>): Promise<void> {
    const stop = this.next();
    this.run.value = fresh;
    try {
      const trace = files.ownTrace(scenario);
      if (trace) await this.engine.putTrace(scenario.workload.routing.file, trace, stop);
      if (stop.aborted) return;
      const begun = await this.engine.start(scenario); // not aborted: the run would go on without a name
      if (stop.aborted) return void (await this.engine.cancel(begun.id));
      await this.follow({...fresh, id: begun.id, about: aboutOf(begun), state: begun.state}, stop);
    } catch (e) {
      if (!stop.aborted) this.run.value = {...fresh, state: 'failed', failed: failedOf(e)};
    }
  }

  /** Shows a run that is already there. It starts nothing. */
  async watch(id: string): Promise<void> {
    const stop = this.next();
    const run = {...fresh, id, watching: true};
    this.run.value = run;
    try {
      const known = await this.engine.state(id);
      if (!stop.aborted) await this.follow({...run, about: aboutOf(known), state: known.state}, stop);
    } catch (e) {
      if (!stop.aborted) this.run.value = {...run, state: 'failed', failed: failedOf(e)};
    }
  }

  /** Ends a run that was started here, whether the server has named it yet or not. */
  async cancel(): Promise<void> {
    const run = this.run.peek();
    if (!run || run.watching) return;
    if (run.id === '') {
      this.leave.abort();
      this.run.value = {...run, state: 'cancelled'};
      return;
    }
    try {
      await this.engine.cancel(run.id);
    } catch (e) {
      const now = this.run.peek();
      if (now?.id === run.id && isLive(now)) this.run.value = {...now, note: `It could not be cancelled: ${failedOf(e).reason}`};
    }
  }

  /** Stops following; the run itself goes on. */
  dismiss(): void {
    this.leave.abort();
    this.run.value = null;
  }

  private next(): AbortSignal {
    this.leave.abort();
    this.leave = new AbortController();
    return this.leave.signal;
  }

  private async follow(run: Remote, stop: AbortSignal): Promise<void> {
    this.run.value = run;
    for await (const update of this.engine.watch(run.id, stop)) {
      const known = this.run.peek();
      if (stop.aborted || known?.id !== run.id) return;
      this.run.value = advance(known, update);
    }
  }
}
