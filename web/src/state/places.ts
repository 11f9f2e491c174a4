// Asks the engine what one expert takes, for as many numbers of tokens as are looked
// at. Only the script of the rooflines holds this.

import {batch, signal} from '@preact/signals';
import {Latest} from '../base/latest';
import type {Placer} from '../engine/engine';
import {failedOf} from '../engine/server';
import type {Failed, Placed, Scenario} from '../wire.gen';
import {lacking} from './place';
import type {Figures} from './place';

/** How many numbers of tokens one answer may hold. */
export const most = 512;

/** Numbers of tokens that are wanted, once the crossover is known; null before that, and where there is none. */
export type Wanted = (crossover: number | null) => readonly number[];

/** What figures depend on. */
export const keyOf = ({model, machine, strategy, workload}: Scenario) => JSON.stringify({model, machine, strategy, scope: workload.scope});

/** Holds the newest figures that are complete: until others are, those stay. */
export class Places {
  readonly seen = signal<Figures | null>(null);
  readonly failed = signal<Failed | null>(null); // of the newest question
  private readonly latest = new Latest();

  constructor(private readonly placer: Placer) {}

  /** Asks for what is wanted and not known, and for nothing else. */
  async want(scenario: Scenario, wanted: Wanted): Promise<void> {
    const stop = this.latest.next();
    try {
      const figures = await this.complete(scenario, wanted, stop);
      if (stop.aborted) return;
      batch(() => {
        this.seen.value = figures;
        this.failed.value = null;
      });
    } catch (e) {
      if (!stop.aborted) this.failed.value = failedOf(e);
    }
  }

  /** Ends the question that is under way. */
  stop(): void {
    this.latest.stop();
  }

  /** Asks until nothing is missing: the crossover, which says how far pictures go, comes with an answer. */
  private async complete(scenario: Scenario, wanted: Wanted, stop: AbortSignal): Promise<Figures> {
    const key = keyOf(scenario);
    let figures = this.seen.peek();
    if (figures?.key !== key) figures = null;
    for (;;) {
      const missing = lacking(figures, wanted(figures?.crossover ?? null));
      if (figures && missing.length === 0) return figures;
      const placed = await this.placer.place({...scenario, title: ''}, {tokens: [...new Set(missing)].slice(0, most)}, stop);
      figures = joined(figures, key, placed);
    }
  }
}

/** What was known, and what an answer adds. */
function joined(known: Figures | null, key: string, {counts, ...rest}: Placed): Figures {
  return {...rest, key, at: new Map([...(known?.at ?? []), ...counts.map((c) => [c.tokens, c] as const)])};
}
