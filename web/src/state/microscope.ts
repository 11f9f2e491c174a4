// Looks at one expert on its device whenever something about the two changes. Only the
// microscope's own script holds this.

import {batch, computed, effect, signal, untracked} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {Latest} from '../base/latest';
import {now} from '../base/units';
import type {Milliseconds} from '../base/units';
import type {Looker} from '../engine/engine';
import {failedOf} from '../engine/server';
import type {DeviceSight, Failed, Scenario} from '../wire.gen';
import type {Editor, Manner} from './editor';
import type {Lens} from './lens';
import {clocksOf, costOf, covers, deviceless, inScenario, reachOf, subjectOf, windowOf} from './look';
import type {Stretch} from './look';
import {Passes} from './passes';

/** What was seen last. */
export interface Seen {
  readonly key: string; // of the subject
  readonly scenario: Scenario;
  readonly tokens: number;
  readonly sight: DeviceSight;
  readonly clocks: number; // of the whole run
}

/** What the microscope does, or why it does nothing. */
export type Phase =
  | {readonly kind: 'rest'}
  | {readonly kind: 'looking'; readonly key: string; readonly reach: Stretch}
  | {readonly kind: 'failed'; readonly key: string; readonly failed: Failed}
  | {readonly kind: 'held'; readonly cost: Milliseconds} // a link's look that would take long
  | {readonly kind: 'cancelled'};

/** Looks longer than this show that they are under way. */
const visible = 200;

/** What a link may cost before the page asks, in milliseconds. */
const affordable = 3000;

export class Microscope {
  readonly seen = signal<Seen | null>(null);
  readonly phase = signal<Phase>({kind: 'rest'});
  readonly busy = signal(false); // a look takes long enough to show
  readonly window: ReadonlySignal<Stretch>; // that is shown, within the run
  readonly stale: ReadonlySignal<boolean>; // what was seen is of other values
  readonly passes: Passes;
  private readonly key: ReadonlySignal<string>;
  private readonly latest = new Latest();
  private took = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly editor: Editor, private readonly lens: Lens, private readonly looker: Looker) {
    const subject = computed(() => subjectOf(editor.scenario.value, lens.aim.value));
    this.key = computed(() => JSON.stringify(subject.value));
    this.window = computed(() => windowOf(lens.aim.value, this.seen.value?.clocks ?? Number.MAX_SAFE_INTEGER));
    this.stale = computed(() => this.seen.value !== null && this.seen.value.key !== this.key.value);
    this.passes = new Passes(looker, subject);
  }

  /** Starts to look; returns how to stop. */
  follow(): () => void {
    const stop = effect(() => {
      const [key, window] = [this.key.value, this.window.value];
      untracked(() => this.consider(key, window, false));
    });
    return () => {
      stop();
      this.passes.stop();
      this.enter({kind: 'rest'});
    };
  }

  /** Ends the look that is under way; what was seen stays. */
  cancel(): void {
    this.enter({kind: 'cancelled'});
  }

  /** Looks at what was held back or cancelled. */
  again(): void {
    this.consider(this.key.peek(), this.window.peek(), true);
  }

  /** Looks, unless what is to be seen is seen, under way, or known to be impossible. */
  private consider(key: string, window: Stretch, asked: boolean): void {
    const [seen, phase, scenario] = [this.seen.peek(), this.phase.peek(), this.editor.scenario.peek()];
    const there = seen?.key === key && covers(seen.sight, window, seen.clocks);
    if (there || deviceless(scenario)) return void this.enter({kind: 'rest'});
    if (phase.kind === 'looking' && phase.key === key && covers(phase.reach, window, window.to)) return;
    if (phase.kind === 'failed' && phase.key === key) return;
    const cost = costOf(scenario, this.lens.aim.peek().tokens);
    if (this.manner() === 'load' && !asked && cost > affordable) return void this.enter({kind: 'held', cost});
    void this.look(key, reachOf(window), asked);
  }

  private async look(key: string, reach: Stretch, asked: boolean): Promise<void> {
    const {scenario, tokens, pmove} = subjectOf(this.editor.scenario.peek(), this.lens.aim.peek());
    const stop = this.enter({kind: 'looking', key, reach});
    this.timer = setTimeout(() => (this.busy.value = true), visible);
    await pause(asked || this.manner() === 'pick' ? 0 : this.took > 150 ? 300 : 30);
    if (stop.aborted) return;
    const began = now();
    try {
      const sight = await this.looker.look(scenario, {tokens, pmove, from: reach.from, clocks: reach.to - reach.from}, stop);
      if (stop.aborted) return;
      this.took = now() - began;
      this.show(key, tokens, sight);
    } catch (e) {
      if (!stop.aborted) this.enter({kind: 'failed', key, failed: failedOf(e)});
    }
  }

  private show(key: string, tokens: number, sight: DeviceSight): void {
    const scenario = this.editor.scenario.peek();
    const clocks = clocksOf(sight, scenario.machine.device.command_ps);
    batch(() => {
      this.enter({kind: 'rest'});
      this.seen.value = {key, scenario, tokens, sight, clocks};
    });
  }

  /** Leaves what was before, and whatever was under way. */
  private enter(phase: Phase): AbortSignal {
    clearTimeout(this.timer);
    const fields = phase.kind === 'failed' ? phase.failed.fields.map(inScenario) : [];
    batch(() => {
      if (phase.kind !== 'looking') this.busy.value = false;
      if (phase.kind !== this.phase.peek().kind || phase.kind !== 'rest') this.phase.value = phase;
      if (phase.kind !== 'looking' && fields.length + this.lens.errors.peek().length > 0) this.lens.errors.value = fields;
    });
    return this.latest.next();
  }

  /** How the newest change came about. */
  private manner(): Manner {
    return this.lens.manner === 'load' ? this.editor.change.manner : this.lens.manner;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
