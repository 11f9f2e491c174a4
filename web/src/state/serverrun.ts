import {signal} from '@preact/signals';
import {failedOf} from '../engine/server';
import type {ServerEngine} from '../engine/server';
import type {Result, Update} from '../engine/engine';
import {unreachable} from '../base/unreachable';
import type {Failed, PartialReport, Progress, Scenario, State} from '../wire.gen';
import type {Files} from './files';

/** A run on the server, as far as it is known here. */
export interface Remote {
  readonly id: string;
  readonly watching: boolean; // somebody else's
  readonly state: State;
  readonly watchers: number;
  readonly progress: Progress | null;
  readonly partial: PartialReport | null;
  readonly report: Result | null;
  readonly failed: Failed | null;
}

const fresh: Remote = {id: '', watching: false, state: 'queued', watchers: 0, progress: null, partial: null, report: null, failed: null};

/** What one update makes of a run. */
export function advance(run: Remote, u: Update): Remote {
  switch (u.kind) {
    case 'progress':
      return {...run, state: 'running', progress: u.progress};
    case 'partial':
      return {...run, state: 'running', partial: u.partial};
    case 'report':
      return {...run, state: 'done', report: u.report};
    case 'failed':
      return {...run, state: u.failed.code === 'cancelled' ? 'cancelled' : 'failed', failed: u.failed};
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

  constructor(private readonly engine: ServerEngine) {}

  async detect(): Promise<void> {
    this.available.value = await this.engine.ready();
  }

  async start(scenario: Scenario, files: Files): Promise<void> {
    this.run.value = fresh;
    try {
      const trace = files.ownTrace(scenario);
      if (trace) await this.engine.putTrace(scenario.workload.routing.file, trace);
      const state = await this.engine.start(scenario);
      await this.follow({...fresh, id: state.id, state: state.state, watchers: state.watchers});
    } catch (e) {
      this.run.value = {...fresh, state: 'failed', failed: failedOf(e)};
    }
  }

  /** Shows a run that is already there. It starts nothing. */
  async watch(id: string): Promise<void> {
    const run = {...fresh, id, watching: true};
    this.run.value = run;
    try {
      const {state, watchers} = await this.engine.state(id);
      await this.follow({...run, state, watchers});
    } catch (e) {
      this.run.value = {...run, state: 'failed', failed: failedOf(e)};
    }
  }

  async cancel(): Promise<void> {
    const run = this.run.peek();
    if (!run) return;
    if (run.watching) return this.dismiss();
    await this.engine.cancel(run.id);
  }

  /** Stops following; the run itself goes on. */
  dismiss(): void {
    this.leave.abort();
    this.run.value = null;
  }

  private async follow(run: Remote): Promise<void> {
    this.leave.abort();
    this.leave = new AbortController();
    const {signal} = this.leave;
    this.run.value = run;
    for await (const update of this.engine.watch(run.id, signal)) {
      const known = this.run.peek();
      if (signal.aborted || known?.id !== run.id) return;
      this.run.value = advance(known, update);
    }
  }
}
