import {effect, signal} from '@preact/signals';
import {Latest} from '../base/latest';
import type {Engine, Result} from '../engine/engine';
import {failure} from '../engine/engine';
import type {Failed, Progress, Scenario} from '../wire.gen';
import type {Editor} from './editor';
import {entryOf, withEntry} from './entries';
import type {Entry} from './entries';
import {painted} from './stats';

/** What is known about one strategy: its last good report, and why there is no newer one. */
export interface Outcome {
  readonly key: string; // of the scenario that the report is about
  readonly report: Result | null;
  readonly failed: Failed | null; // of the newest run
}

/** A run that takes long enough to show. */
export interface Busy {
  readonly title: string;
  readonly progress: Progress | null;
}

/** Runs longer than this show their progress. */
const visible = 200;

/** Runs every compared strategy after each change, the selected one first. */
export class Runner {
  readonly outcomes = signal<ReadonlyMap<string, Outcome>>(new Map());
  readonly busy = signal<Busy | null>(null);
  readonly stale = signal(false); // what is shown belongs to an older scenario
  readonly cancelled = signal(false); // by hand, and nothing has run since
  readonly selected = signal('');
  private readonly latest = new Latest();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly editor: Editor, private readonly engine: Engine, private readonly prepare: (s: Scenario) => Promise<void> | null) {}

  /** Starts to follow the editor; returns how to stop. */
  follow(): () => void {
    return effect(() => {
      const [scenario, compared] = [this.editor.scenario.value, this.editor.compared.value];
      void this.rerun(scenario, compared);
    });
  }

  /** Ends the run that is going on; what it found so far stays. */
  cancel(): void {
    this.latest.stop();
    this.settle();
    this.cancelled.value = this.stale.value = true;
  }

  private async rerun(scenario: Scenario, compared: readonly string[]): Promise<void> {
    const signal = this.latest.next();
    const at = this.editor.change.at;
    const selected = entryOf(this.editor.entries, scenario.strategy);
    if (!selected) return;
    this.await();
    this.cancelled.value = false;
    const preparing = this.prepare(scenario);
    if (preparing) await preparing.catch(() => undefined); // a missing trace is the run's to report
    if (signal.aborted) return;
    const fresh = new Map<string, Outcome>();
    const first = await this.one(scenario, selected, true, signal);
    if (!first || signal.aborted) return;
    fresh.set(selected.name, first);
    this.publish(selected, fresh, this.outcomes.peek());
    painted('first', at);
    for (const entry of this.editor.entries) {
      if (entry === selected || !compared.includes(entry.name)) continue;
      const outcome = await this.one(scenario, entry, false, signal);
      if (!outcome || signal.aborted) return;
      fresh.set(entry.name, outcome);
    }
    this.publish(selected, fresh, new Map());
    this.settle();
    painted('reruns', at);
  }

  /** Runs one strategy, unless its report is known; null if it was cancelled. */
  private async one(scenario: Scenario, entry: Entry, spans: boolean, signal: AbortSignal): Promise<Outcome | null> {
    const own = spans ? scenario : withEntry(scenario, entry);
    const key = JSON.stringify({...own, title: ''});
    const last = this.outcomes.peek().get(entry.name);
    const known = last?.key === key && last.report && (!spans || last.report.timeline.start.length > 0);
    if (known) return {...last, failed: null};
    for await (const update of this.engine.run(own, {spans}, signal)) {
      if (update.kind === 'report') return {key, report: update.report, failed: null};
      if (update.kind === 'failed') return update.failed.code === 'cancelled' ? null : {key: last?.key ?? '', report: last?.report ?? null, failed: update.failed};
      if (update.kind === 'progress' && this.busy.peek()) this.busy.value = {title: entry.title, progress: update.progress};
    }
    return signal.aborted ? null : {key: '', report: last?.report ?? null, failed: failure('internal', 'The run ended without a report.')};
  }

  private publish(selected: Entry, fresh: Map<string, Outcome>, old: ReadonlyMap<string, Outcome>): void {
    this.selected.value = selected.name;
    const broken = fresh.get(selected.name)?.failed != null;
    // Where the selected strategy has an answer, another without one shows its reason instead of an old bar.
    const shown = [...fresh].map(([name, o]): [string, Outcome] => [name, o.failed && !broken ? {...o, report: null} : o]);
    this.outcomes.value = new Map([...old, ...shown]);
    if (broken || old.size === 0) this.stale.value = broken;
  }

  private await(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.busy.value ??= {title: '', progress: null};
      this.stale.value = this.outcomes.peek().size > 0;
    }, visible);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.busy.value = null;
  }
}
