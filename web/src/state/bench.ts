// Runs what the paper's figures need: those that are seen, after each change. Only the
// paper's own script holds this.

import {batch, computed, effect, signal, untracked} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {Latest} from '../base/latest';
import {milliseconds, now} from '../base/units';
import type {Milliseconds} from '../base/units';
import type {Core, Engine, Result} from '../engine/engine';
import {failure} from '../engine/engine';
import {failedOf} from '../engine/server';
import type {Failed, Scenario} from '../wire.gen';
import type {Editor, Manner} from './editor';
import type {Lens} from './lens';
import {keyOf, runsOf} from './paper';
import type {Cell, Plan} from './paper';

/** What the bench does, or why it does nothing. */
export type State =
  | {readonly kind: 'rest'}
  | {readonly kind: 'running'; readonly done: number; readonly total: number}
  | {readonly kind: 'failed'; readonly failed: Failed}
  | {readonly kind: 'held'; readonly cost: Milliseconds; readonly runs: number}
  | {readonly kind: 'cancelled'};

/** Work that takes longer shows that it is under way. */
const visible = 200;

/** What a link may start without being asked to, in milliseconds: the figures as they are by default, and half as much again. */
const affordable = 10_000;

/** How many times longer a run takes in a browser than natively, about. */
const slowdown = 3;

/** How long a drag must rest, and how often new results are shown. */
const calm = 150;
const frame = 80;

/** How many runs are remembered. */
const most = 6000;

export class Bench {
  readonly cells = signal<ReadonlyMap<string, Cell>>(new Map());
  readonly links = signal<ReadonlyMap<string, string>>(new Map()); // to the scenarios of bars
  readonly state = signal<State>({kind: 'rest'});
  readonly busy = signal(false); // long enough to show
  readonly runs: ReadonlySignal<readonly Scenario[]>; // that the figures in sight need
  private readonly seen = signal<ReadonlySet<string>>(new Set());
  private readonly latest = new Latest();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly editor: Editor, private readonly lens: Lens, private readonly engine: Core & Engine, plans: ReadonlySignal<readonly Plan[]>) {
    this.runs = computed(() => {
      const shown = plans.value.filter((p) => this.seen.value.has(p.id));
      return runsOf(shown, shown.every((p) => p.panels.every((q) => q.points.every((x) => x.scenario.fidelity !== 'cycle'))));
    });
  }

  /** Says whether a figure is in sight: only then its runs are made. */
  see(id: string, inSight: boolean): void {
    const seen = new Set(this.seen.peek());
    if (seen.has(id) === inSight) return;
    if (inSight) seen.add(id);
    else seen.delete(id);
    this.seen.value = seen;
  }

  /** Starts to run what is needed; returns how to stop. */
  follow(): () => void {
    const stop = effect(() => {
      const runs = this.runs.value;
      untracked(() => void this.work(runs, false));
    });
    return () => {
      stop();
      this.latest.stop();
      this.enter({kind: 'rest'});
    };
  }

  /** Ends what is under way; what is known stays. */
  cancel(): void {
    this.latest.stop();
    this.enter({kind: 'cancelled'});
  }

  /** Runs what was held back or cancelled. */
  again(): void {
    void this.work(this.runs.peek(), true);
  }

  private async work(runs: readonly Scenario[], asked: boolean): Promise<void> {
    const stop = this.latest.next();
    if (this.cells.peek().size > most) this.cells.value = new Map();
    const missing = runs.filter((s) => !this.cells.peek().has(keyOf(s)));
    if (missing.length === 0) {
      this.enter({kind: 'rest'});
      return this.link(runs, stop);
    }
    try {
      if (!asked) await pause(this.manner() === 'slide' ? calm : 0);
      const cost = asked || stop.aborted ? milliseconds(0) : await this.costOf(missing);
      if (stop.aborted) return;
      if (cost > affordable && (this.manner() === 'load' || missing[0]?.fidelity === 'cycle')) return this.enter({kind: 'held', cost, runs: missing.length});
      await this.all(missing, stop);
      if (!stop.aborted) await this.link(runs, stop);
    } catch (e) {
      if (!stop.aborted) this.enter({kind: 'failed', failed: failedOf(e)});
    }
  }

  /** About how long some runs take here: those of the dearest strategy stand for all. */
  private async costOf(missing: readonly Scenario[]): Promise<Milliseconds> {
    const dear = missing.filter((s) => s.strategy.name === 'MD+LB');
    const sample = dear.filter((_, i) => i % Math.ceil(dear.length / 12) === 0);
    let sum = 0;
    for (const s of sample) sum += (await this.engine.resolve(s)).estimate_ms;
    return milliseconds(sample.length === 0 ? 0 : (sum / sample.length) * missing.length * slowdown);
  }

  private async all(missing: readonly Scenario[], stop: AbortSignal): Promise<void> {
    const fresh = new Map<string, Cell>();
    let shown = now();
    this.enter({kind: 'running', done: 0, total: missing.length});
    this.timer = setTimeout(() => (this.busy.value = true), visible);
    const show = (done: number) => batch(() => {
      shown = now();
      this.cells.value = new Map([...this.cells.peek(), ...fresh]);
      this.state.value = {kind: 'running', done, total: missing.length};
      fresh.clear();
    });
    for (const [i, s] of missing.entries()) {
      const {report, failed} = await this.one(s, stop);
      if (stop.aborted) break;
      if (failed) {
        show(i);
        return this.enter({kind: 'failed', failed});
      }
      if (report) fresh.set(keyOf(s), kept(report));
      if (now() - shown > frame) show(i + 1);
    }
    const done = !stop.aborted;
    this.cells.value = new Map([...this.cells.peek(), ...fresh]);
    if (done) this.enter({kind: 'rest'});
  }

  private async one(s: Scenario, stop: AbortSignal): Promise<{readonly report: Result | null; readonly failed: Failed | null}> {
    for await (const update of this.engine.run(s, {spans: false}, stop)) {
      if (update.kind === 'report') return {report: update.report, failed: null};
      if (update.kind === 'failed') return {report: null, failed: update.failed};
    }
    return {report: null, failed: failure('internal', 'A run ended without a report.')};
  }

  /** Finds the links of the scenarios in sight, but for those of bands. */
  private async link(runs: readonly Scenario[], stop: AbortSignal): Promise<void> {
    const links = new Map(this.links.peek().size > most ? [] : this.links.peek());
    for (const s of runs) {
      if (stop.aborted) return;
      const key = keyOf(s);
      if (!links.has(key) && s.workload.routing === runs[0]?.workload.routing) links.set(key, await this.engine.encode(s).catch(() => ''));
    }
    if (!stop.aborted && links.size > this.links.peek().size) this.links.value = links;
  }

  private enter(state: State): void {
    clearTimeout(this.timer);
    batch(() => {
      this.state.value = state;
      if (state.kind !== 'running') this.busy.value = false;
      const fields = state.kind === 'failed' ? state.failed.fields : [];
      if (fields.length + this.lens.errors.peek().length > 0) this.lens.errors.value = fields;
    });
  }

  /** How the newest change came about. */
  private manner(): Manner {
    return this.lens.manner === 'load' ? this.editor.change.manner : this.lens.manner;
  }
}

const kept = (r: Result): Cell => ({latency: r.latency_ps, alpha: r.step_alpha || r.alpha, hot: r.hot_experts, routing: r.routing.text});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
