// Which view is open, and what the microscope points at. It changes no result, so it
// is no part of the scenario; it follows the scenario in the link's own part.

import {signal} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import type {Field} from '../wire.gen';
import type {Manner} from './editor';

export type View = 'strategies' | 'device';

export interface Aim {
  readonly view: View;
  readonly tokens: number; // that the expert gets
  readonly pmove: boolean; // another expert leaves over the link meanwhile
  readonly from: number; // clock of the memory at which the picture begins
  readonly clocks: number; // that it shows
}

/** Where the microscope points at first. */
export const usual: Aim = {view: 'strategies', tokens: 4, pmove: false, from: 0, clocks: 2000};

/** The parameters of a link that are an aim's. */
export const aimKeys: ReadonlySet<string> = new Set(['view', 'tokens', 'pmove', 'from', 'clocks']);

/** The aim that a link's parameters name; what they leave out, or is no number, is as usual. */
export function readAim(text: string): Aim {
  const query = new URLSearchParams(text);
  const number = (key: 'tokens' | 'from' | 'clocks') => {
    const value = Number(query.get(key) || Number.NaN);
    return Number.isSafeInteger(value) && value >= 0 ? value : usual[key];
  };
  return {
    view: query.get('view') === 'device' ? 'device' : 'strategies',
    tokens: number('tokens'), pmove: query.get('pmove') === '1', from: number('from'), clocks: Math.max(1, number('clocks')),
  };
}

/** An aim as parameters, each with an "&" before it; nothing while the microscope is closed. */
export function writeAim(a: Aim): string {
  if (a.view !== 'device') return '';
  const {tokens, from, clocks} = {...a, from: Math.round(a.from), clocks: Math.max(1, Math.round(a.clocks))};
  const numbers = Object.entries({tokens, from, clocks}).filter(([key, value]) => value !== usual[key as 'tokens' | 'from' | 'clocks']);
  return ['&view=device', ...numbers.map(([key, value]) => `&${key}=${value}`), ...(a.pmove ? ['&pmove=1'] : [])].join('');
}

/** Holds the aim, and what is wrong with it or with the device that it shows. */
export class Lens {
  readonly aim: ReadonlySignal<Aim>;
  readonly errors = signal<readonly Field[]>([]);
  private readonly current = signal(usual);
  private last: Manner = 'load';

  constructor() {
    this.aim = this.current;
  }

  /** How the aim came to be as it is. */
  get manner(): Manner {
    return this.last;
  }

  set(some: Partial<Aim>, manner: Manner): void {
    this.last = manner;
    this.current.value = {...this.current.value, ...some};
  }
}
