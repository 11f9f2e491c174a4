// A sweep on the server as it is known here, and the others that are there. Only the
// view of sweeps holds this.

import {batch, signal} from '@preact/signals';
import {Latest} from '../base/latest';
import type {Update} from '../engine/engine';
import {failedOf} from '../engine/server';
import type {ServerSweeps} from '../engine/sweeps';
import type {Failed, Progress, Scenario, SweepAsk, SweepRow, SweepSpec, SweepState} from '../wire.gen';
import type {Files} from './files';
import type {SweepForm} from './sweepform';

/** How many rows a page holds; of larger sweeps the first. The server streams those of no larger sweep. */
export const mostRows = 50_000;

/** How many rows are asked for at once. */
const page = 5000;

/** How often a picture is drawn again while rows come, in milliseconds. */
const frame = 200;

/** How often the server is asked for what its stream does not say, in milliseconds. */
const pause = 3000;

/** Whether a sweep goes on. */
export const goesOn = (s: Pick<SweepState, 'state'> | null) => s !== null && (s.state === 'queued' || s.state === 'running');

/** A name that nobody else gives: pages that came without TLS have no randomUUID. */
const freshKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

/** Starts, opens, follows and cancels sweeps; holds the rows of one. */
export class Sweeps {
  readonly form = signal<SweepForm | null>(null); // null: nobody has changed it yet
  readonly asking = signal(true); // the form is open
  readonly current = signal<SweepState | null>(null);
  readonly progress = signal<Progress | null>(null);
  readonly rows = signal<readonly SweepRow[]>([]); // by index, a new list whenever some came
  readonly starting = signal(false);
  readonly refused = signal<Failed | null>(null); // why the last one did not start
  readonly missing = signal<Failed | null>(null); // why the one that was asked for cannot be shown
  readonly lost = signal(false); // the connection, which is being opened again
  readonly note = signal(''); // what was asked of the sweep and could not be done
  readonly recent = signal<readonly SweepState[] | null>(null); // null: not known yet
  private id = ''; // of the sweep that is followed
  private known = new Map<number, SweepRow>();
  private filled = 0; // rows below were asked for by their number
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private asked = {text: '', key: ''};
  private readonly latest = new Latest();

  constructor(private readonly server: Pick<ServerSweeps, 'start' | 'state' | 'cancel' | 'list' | 'rows' | 'watch' | 'putTrace'>, private readonly wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))) {}

  /** Starts a sweep and follows it; null if it did not start. */
  async start(scenario: Scenario, sweep: SweepSpec, files: Pick<Files, 'ownTrace'>): Promise<string | null> {
    const ask: SweepAsk = {scenario, sweep};
    batch(() => {
      this.starting.value = true;
      this.refused.value = null;
    });
    try {
      const trace = files.ownTrace(scenario);
      if (trace) await this.server.putTrace(scenario.workload.routing.file, trace, new AbortController().signal);
      const begun = await this.server.start(ask, this.keyFor(ask));
      this.asked = {text: '', key: ''}; // the same form again is another sweep
      this.asking.value = false;
      void this.follow(begun);
      return begun.id;
    } catch (e) {
      this.refused.value = failedOf(e);
      return null;
    } finally {
      this.starting.value = false;
    }
  }

  /** Shows a sweep that is there, and follows it if it goes on. */
  async open(id: string): Promise<void> {
    if (id === this.id) return;
    this.leave();
    this.id = id;
    this.asking.value = false;
    try {
      const state = await this.server.state(id);
      if (this.id === id) await this.follow(state);
    } catch (e) {
      if (this.id === id) this.missing.value = failedOf(e);
    }
  }

  /** Stops following; the sweep itself goes on. */
  leave(): void {
    this.latest.stop();
    this.reset(null);
    this.asking.value = true;
  }

  /** Follows again what was given up. */
  again(): void {
    const {id} = this;
    this.id = '';
    void this.open(id);
  }

  async cancel(): Promise<void> {
    const {id} = this;
    try {
      const state = await this.server.cancel(id);
      if (this.id === id) this.current.value = state;
    } catch (e) {
      if (this.id === id && goesOn(this.current.peek())) this.note.value = `It could not be cancelled: ${failedOf(e).reason}`;
    }
  }

  /** Asks which sweeps are there; where the server does not say, the last answer stays. */
  async list(): Promise<void> {
    const found = await this.server.list(10).catch(() => null);
    if (found) this.recent.value = found.sweeps ?? [];
    else this.recent.value ??= [];
  }

  /** One key for one ask, however often it is sent until the server has answered. */
  private keyFor(ask: SweepAsk): string {
    const text = JSON.stringify(ask);
    if (text !== this.asked.text) this.asked = {text, key: freshKey()};
    return this.asked.key;
  }

  private reset(state: SweepState | null): void {
    clearTimeout(this.drawing);
    this.drawing = undefined;
    this.known = new Map();
    [this.id, this.filled] = [state?.id ?? '', 0];
    batch(() => {
      [this.current.value, this.progress.value, this.missing.value] = [state, null, null];
      [this.rows.value, this.lost.value, this.note.value] = [[], false, ''];
    });
  }

  private async follow(state: SweepState): Promise<void> {
    const stop = this.latest.next();
    this.reset(state);
    void this.poll(state.id, stop);
    for await (const u of this.server.watch(state.id, stop)) {
      if (stop.aborted) return;
      this.take(u);
    }
    if (stop.aborted) return;
    await this.settle(state.id, stop);
    void this.list();
  }

  private take(u: Update): void {
    if (u.kind !== 'moved' && u.kind !== 'end') this.lost.value = u.kind === 'lost';
    if (u.kind === 'rows') this.add(u.rows);
    else if (u.kind === 'progress') batch(() => {
      this.progress.value = u.progress;
      const state = this.current.peek();
      if (state?.state === 'queued') this.current.value = {...state, state: 'running'};
    });
    else if (u.kind === 'swept') this.current.value = u.swept;
    else if (u.kind === 'failed') this.fail(u.failed);
  }

  /** Takes what a stream failed with: the sweep's end, or that nobody answers. */
  private fail(failed: Failed): void {
    const state = this.current.peek();
    if (failed.code === 'busy' || !state) this.missing.value = failed;
    else this.current.value = {...state, state: failed.code === 'cancelled' ? 'cancelled' : 'failed', failed};
  }

  /** Takes the last word on a sweep, and the rows that its stream left out. */
  private async settle(id: string, stop: AbortSignal): Promise<void> {
    const state = await this.server.state(id).catch(() => null);
    if (stop.aborted) return;
    if (state) this.current.value = state;
    await this.fill(id, stop);
    if (!stop.aborted) this.draw();
  }

  /** Asks for what the stream does not say: counts, and rows of what is too large for it. */
  private async poll(id: string, stop: AbortSignal): Promise<void> {
    for (await this.wait(pause); !stop.aborted && goesOn(this.current.peek()); await this.wait(pause)) {
      const state = await this.server.state(id).catch(() => null);
      if (stop.aborted) return;
      if (state && goesOn(this.current.peek())) this.current.value = state;
      if (state && state.points > mostRows) await this.fill(id, stop);
    }
  }

  /** Fetches rows by their number, as far as there are any and the page holds them. */
  private async fill(id: string, stop: AbortSignal): Promise<void> {
    const wanted = () => Math.min(mostRows, this.current.peek()?.done ?? 0);
    while (!stop.aborted && this.known.size < wanted() && this.filled < mostRows) {
      const found = await this.server.rows(id, this.filled, page).catch(() => null);
      if (stop.aborted || !found?.rows?.length) return;
      this.add(found.rows);
      this.filled = (found.rows.at(-1)?.index ?? this.filled) + 1;
      if (!found.next) return;
    }
  }

  private add(rows: readonly SweepRow[]): void {
    for (const row of rows ?? []) if (this.known.size < mostRows || this.known.has(row.index)) this.known.set(row.index, row);
    this.drawing ??= setTimeout(() => this.draw(), frame);
  }

  private draw(): void {
    clearTimeout(this.drawing);
    this.drawing = undefined;
    if (this.rows.peek().length !== this.known.size) this.rows.value = [...this.known.values()].sort((a, b) => a.index - b.index);
  }
}
