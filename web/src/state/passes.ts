// How long an expert takes with more and more tokens: one look after another.

import {computed, signal} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {Latest} from '../base/latest';
import type {Looker} from '../engine/engine';
import {failedOf} from '../engine/server';
import type {Picoseconds} from '../base/units';
import type {Bytes, Failed} from '../wire.gen';
import type {Subject} from './look';

/** One expert with some tokens. */
export interface PassRow {
  readonly tokens: number;
  readonly time: Picoseconds; // clock by clock
  readonly closed: Picoseconds;
  readonly weights: Bytes; // streamed
}

/** The numbers of tokens: around a pass of four, and multiples of it. */
export const counts: readonly number[] = [1, 2, 4, 5, 8, 16, 64];

export class Passes {
  readonly rows = signal<readonly PassRow[]>([]);
  readonly running = signal(false);
  readonly failed = signal<Failed | null>(null);
  readonly stale: ReadonlySignal<boolean>; // the rows are of other values than those now set
  private readonly of = signal('');
  private readonly latest = new Latest();

  constructor(private readonly looker: Looker, private readonly subject: ReadonlySignal<Subject>) {
    this.stale = computed(() => this.of.value !== keyOf(this.subject.value) && this.rows.value.length > 0);
  }

  /** Measures every row anew. */
  async run(): Promise<void> {
    const stop = this.latest.next();
    const {scenario, pmove} = this.subject.peek();
    [this.rows.value, this.failed.value, this.running.value] = [[], null, true];
    this.of.value = keyOf({scenario, pmove});
    try {
      for (const tokens of counts) {
        const s = await this.looker.look(scenario, {tokens, pmove, from: 0, clocks: 1}, stop);
        if (stop.aborted) return;
        this.rows.value = [...this.rows.value, {tokens, time: s.time_ps, closed: s.closed_ps, weights: s.weight_bytes}];
      }
    } catch (e) {
      if (stop.aborted) return;
      this.failed.value = failedOf(e);
    }
    this.running.value = false;
  }

  stop(): void {
    this.latest.stop();
    this.running.value = false;
  }
}

const keyOf = ({scenario, pmove}: Pick<Subject, 'scenario' | 'pmove'>) => JSON.stringify({scenario, pmove});
