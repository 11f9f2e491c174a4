import {effect, signal, untracked} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {Latest} from '../base/latest';
import type {Milliseconds} from '../base/units';
import type {Engine, Result} from '../engine/engine';
import {failure} from '../engine/engine';
import type {Failed, PolicySpec, Progress, Scenario} from '../wire.gen';
import type {Editor} from './editor';
import {entryOf, ranAs, withEntry} from './entries';
import type {Entry, Ran} from './entries';
import {nearData} from './needs';
import {painted} from './stats';

/** What is known about one strategy: its last good report, and why there is no newer one. */
export interface Outcome {
  readonly key: string; // of the scenario that the report is about
  readonly report: Result | null;
  readonly failed: Failed | null; // of the newest run
  readonly ran?: Ran; // what the report is of
}

/** Outcomes of one scenario, which therefore may be compared with each other. */
export interface Comparison {
  readonly basis: string; // the scenario without what strategies differ in
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly stale: boolean; // of an older scenario than the one that is edited
}

/** A run that takes long enough to show. */
export interface Busy {
  readonly title: string;
  readonly progress: Progress | null;
}

/** Why nothing runs although something is missing. */
export type Pause = {readonly kind: 'cancelled'} | {readonly kind: 'held'; readonly cost: Milliseconds};

/** One attempt to run every compared strategy. */
interface Attempt {
  readonly scenario: Scenario;
  readonly selected: Entry;
  readonly wanted: readonly Entry[]; // the selected one first
  readonly basis: string;
  readonly at: Milliseconds;
  readonly signal: AbortSignal;
  readonly fresh: Map<string, Outcome>;
}

/** Runs longer than this show their progress. */
const visible = 200;

/** What a link may cost before the page asks, in milliseconds. */
const affordable = 3000;

/** How long a drag must rest before a run clock by clock, in milliseconds. */
const calm = 400;

/** How many times longer a run takes in a browser than natively, about. */
const slowdown = 3;

/** Runs every compared strategy after each change, the selected one first. */
export class Runner {
  readonly outcomes = signal<ReadonlyMap<string, Outcome>>(new Map()); // the newest good report of each, whatever it is about
  readonly comparison = signal<Comparison>({basis: '', outcomes: new Map(), stale: false});
  readonly busy = signal<Busy | null>(null);
  readonly stale = signal(false); // the selected strategy's report belongs to an older scenario
  readonly pause = signal<Pause | null>(null);
  readonly selected = signal('');
  private readonly latest = new Latest();
  private readonly differing: ReadonlySet<keyof PolicySpec>;
  private attempt: Attempt | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly editor: Editor, private readonly engine: Engine, private readonly prepare: (s: Scenario) => Promise<void> | null) {
    this.differing = new Set(editor.entries.flatMap((e) => e.own));
  }

  /** Starts to follow the editor, while awake; returns how to stop. */
  follow(awake?: ReadonlySignal<boolean>): () => void {
    return effect(() => {
      const [scenario, compared] = [this.editor.scenario.value, this.editor.compared.value];
      if (awake?.value ?? true) untracked(() => this.rerun(scenario, compared, false));
      else untracked(() => this.sleep());
    });
  }

  /** Ends the run that is going on, without a word: waking begins it again. */
  private sleep(): void {
    this.latest.stop();
    this.settle();
  }

  /** Ends the run that is going on; what it found so far stays. */
  cancel(): void {
    this.latest.stop();
    this.settle();
    this.rest({kind: 'cancelled'});
  }

  /** Runs what was held back or cancelled. */
  again(): void {
    this.rerun(this.editor.scenario.peek(), this.editor.compared.peek(), true);
  }

  private rerun(scenario: Scenario, compared: readonly string[], asked: boolean): void {
    const signal = this.latest.next();
    const {manner, estimate, at} = this.editor.change;
    const selected = entryOf(this.editor.entries, scenario.strategy);
    if (!selected) return;
    const wanted = [selected, ...this.editor.entries.filter((e) => e !== selected && compared.includes(e.name))];
    const attempt = {scenario, selected, wanted, basis: this.basisOf(scenario), at, signal, fresh: new Map<string, Outcome>()};
    this.attempt = attempt;
    const dear = scenario.fidelity === 'cycle' ? wanted.filter((e) => nearData(e.spec)) : wanted; // the others run in no time
    const cost = (estimate * Math.max(1, dear.length) * slowdown) as Milliseconds;
    if (manner === 'load' && !asked && cost > affordable) return this.hold(selected, cost);
    this.pause.value = null;
    const hasty = scenario.fidelity === 'cycle' && manner === 'slide' && !asked;
    void this.all(attempt, hasty ? calm : 0);
  }

  private async all(a: Attempt, delay: number): Promise<void> {
    this.await(a);
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (a.signal.aborted) return;
    const preparing = this.prepare(a.scenario);
    if (preparing) await preparing.catch(() => undefined); // a missing trace is the run's to report
    for (const entry of a.wanted) {
      if (a.signal.aborted) return;
      const outcome = await this.one(a, entry);
      if (!outcome || a.signal.aborted) return;
      a.fresh.set(entry.name, outcome);
      if (entry === a.selected) this.show(a);
      if (this.busy.peek()) this.compare(a, false);
    }
    this.outcomes.value = a.fresh;
    this.compare(a, true);
    this.settle();
    painted('reruns', a.at);
  }

  /** Runs one strategy, unless its report is known; null if it was cancelled. */
  private async one({scenario, selected, signal}: Attempt, entry: Entry): Promise<Outcome | null> {
    const spans = entry === selected;
    const own = spans ? scenario : withEntry(scenario, entry, selected);
    const key = JSON.stringify({...own, title: ''});
    const last = this.outcomes.peek().get(entry.name);
    const known = last?.key === key && last.report && (!spans || last.report.timeline.start.length > 0);
    if (known) return {...last, failed: null};
    const without = (failed: Failed): Outcome => ({key: last?.key ?? '', report: last?.report ?? null, failed, ...(last?.ran ? {ran: last.ran} : {})});
    for await (const update of this.engine.run(own, {spans}, signal)) {
      if (update.kind === 'report') return {key, report: update.report, failed: null, ran: ranAs(entry, own.strategy)};
      if (update.kind === 'failed') return update.failed.code === 'cancelled' ? null : without(update.failed);
      if (update.kind === 'progress' && this.busy.peek()) this.busy.value = {title: entry.title, progress: update.progress};
    }
    return signal.aborted ? null : without(failure('internal', 'The run ended without a report.'));
  }

  /** Shows the selected strategy, before the others are known. */
  private show(a: Attempt): void {
    this.selected.value = a.selected.name;
    this.outcomes.value = new Map([...this.outcomes.peek(), ...a.fresh]);
    this.stale.value = a.fresh.get(a.selected.name)?.failed != null;
    painted('first', a.at);
  }

  /**
   * Compares what this attempt has found. The old comparison stays whole until the new
   * one is, or takes long; where nothing could be run, it stays as the last good one.
   */
  private compare(a: Attempt, done: boolean): void {
    const last = this.comparison.peek();
    const good = [...a.fresh.values()].some((o) => !o.failed);
    if (!good && last.outcomes.size > 0) {
      this.comparison.value = {...last, stale: last.stale || done};
      return;
    }
    const own = [...a.fresh].map(([name, o]): [string, Outcome] => [name, o.failed ? {...o, report: null} : o]);
    const kept = !done && last.basis === a.basis ? last.outcomes : [];
    this.comparison.value = {basis: a.basis, outcomes: new Map([...kept, ...own]), stale: false};
  }

  private basisOf(s: Scenario): string {
    const rest = Object.entries(s.strategy).filter(([k]) => !this.differing.has(k as keyof PolicySpec));
    return JSON.stringify({...s, title: '', strategy: rest});
  }

  private hold(selected: Entry, cost: Milliseconds): void {
    this.settle();
    this.selected.value = selected.name;
    this.rest({kind: 'held', cost});
  }

  /** Says that what is shown stays, and of which scenario it is. */
  private rest(pause: Pause): void {
    const a = this.attempt;
    this.pause.value = pause;
    this.stale.value = !a?.fresh.has(a.selected.name);
    const shown = this.comparison.peek();
    this.comparison.value = {...shown, stale: shown.basis !== a?.basis && shown.outcomes.size > 0};
  }

  private await(a: Attempt): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.busy.value ??= {title: '', progress: null};
      const shown = this.comparison.peek();
      if (a.fresh.size > 0) return this.compare(a, false);
      this.stale.value = this.outcomes.peek().size > 0;
      this.comparison.value = {...shown, stale: shown.basis !== a.basis && shown.outcomes.size > 0};
    }, visible);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.busy.value = null;
  }
}
