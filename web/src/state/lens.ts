// Which view is open, and what it points at. It changes no result, so it is no part
// of the scenario; it follows the scenario in the link's own part.

import {signal} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import type {Field} from '../wire.gen';
import type {Manner} from './editor';

/** The views, the one that opens first before the others. */
export const views = ['strategies', 'compare', 'advise', 'sweep', 'device', 'roofline', 'paper', 'trust'] as const;
export type View = (typeof views)[number];

/** Views whose scripts come when they are opened. */
export type LazyView = Exclude<View, 'strategies'>;

export interface Aim {
  readonly view: View;
  readonly against: string; // which strategy others are compared with; empty: the selected one
  readonly layer: number; // that the rooflines are about, as the report numbers them
  readonly batches: readonly number[]; // that the paper's figures are drawn for
  readonly set: string; // of measurements; empty: the first
  readonly sweep: string; // on the server, by its name; empty: none
  readonly tokens: number; // that the expert gets
  readonly pmove: boolean; // another expert leaves over the link meanwhile
  readonly from: number; // clock of the memory at which the picture begins
  readonly clocks: number; // that it shows
}

/** Where the views point at first. The paper names no batch sizes: these are from one user to where the device is short of arrays. */
export const usual: Aim = {view: 'strategies', against: '', layer: 0, batches: [1, 4, 16], set: '', sweep: '', tokens: 4, pmove: false, from: 0, clocks: 2000};

/** The parameters of a link that are an aim's. */
export const aimKeys: ReadonlySet<string> = new Set(['view', 'against', 'layer', 'batches', 'set', 'sweep', 'tokens', 'pmove', 'from', 'clocks']);

/** The numbers of an aim that a link names. */
type Counted = 'layer' | 'tokens' | 'from' | 'clocks';

/** How many batch sizes may be compared at once. */
const mostBatches = 5;

/** The batch sizes in a text, whatever separates them: the usual ones, if there is none. */
export function readBatches(text: string): readonly number[] {
  const all = (text.match(/\d+/g) ?? []).map(Number).filter((n) => n >= 1 && n <= 65_536);
  return all.length > 0 ? [...new Set(all)].sort((a, b) => a - b).slice(0, mostBatches) : usual.batches;
}

/** The aim that a link's parameters name; what they leave out, or is no number, is as usual. */
export function readAim(text: string): Aim {
  const query = new URLSearchParams(text);
  const number = (key: Counted) => {
    const value = Number(query.get(key) || Number.NaN);
    return Number.isSafeInteger(value) && value >= 0 ? value : usual[key];
  };
  return {
    view: views.find((v) => v === query.get('view')) ?? usual.view, against: query.get('against') ?? '', layer: number('layer'), batches: readBatches(query.get('batches') ?? ''),
    set: query.get('set') ?? '', sweep: query.get('sweep') ?? '', tokens: number('tokens'), pmove: query.get('pmove') === '1', from: number('from'), clocks: Math.max(1, number('clocks')),
  };
}

/** An aim as parameters, each with an "&" before it; only those of the view that is open, and nothing for the first. */
export function writeAim(a: Aim): string {
  const own = written[a.view](a);
  return a.view === usual.view ? '' : [`&view=${a.view}`, ...own].join('');
}

const written: Readonly<Record<View, (a: Aim) => readonly string[]>> = {
  strategies: () => [],
  compare: (a) => (a.against === '' ? [] : [`&against=${encodeURIComponent(a.against)}`]),
  advise: () => [],
  sweep: (a) => (a.sweep === '' ? [] : [`&sweep=${encodeURIComponent(a.sweep)}`]),
  device: (a) => [...numbers({tokens: a.tokens, from: Math.round(a.from), clocks: Math.max(1, Math.round(a.clocks))}), ...(a.pmove ? ['&pmove=1'] : [])],
  roofline: (a) => numbers({layer: a.layer}),
  paper: (a) => (a.batches.join() === usual.batches.join() ? [] : [`&batches=${a.batches.join('~')}`]),
  trust: (a) => (a.set === '' ? [] : [`&set=${encodeURIComponent(a.set)}`]),
};

const numbers = (some: Partial<Record<Counted, number>>) =>
  Object.entries(some).filter(([key, value]) => value !== usual[key as Counted]).map(([key, value]) => `&${key}=${value}`);

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
