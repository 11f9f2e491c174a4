// Which strategies are compared. An entry is one of the catalog's strategies:
// "GPU+PM, serial" and "GPU+PM, overlapped" are two of them.

import {same} from '../base/path';
import type {Catalog, PolicySpec, Scenario} from '../wire.gen';

export interface Entry {
  readonly name: string; // unique; used in links
  readonly title: string;
  readonly text: string;
  readonly spec: PolicySpec;
  readonly own: readonly (keyof PolicySpec)[]; // what tells it from its namesakes
}

/** The entries of a catalog, in its order. */
export function entriesOf(catalog: Catalog): Entry[] {
  const all = catalog.strategies.map((c) => ({...c, spec: {...catalog.default.strategy, ...c.value}}));
  return all.map(({name, title, text, spec, value}) => {
    const namesakes = all.filter((e) => e.spec.name === spec.name).map((e) => e.spec);
    const keys = Object.keys(spec) as (keyof PolicySpec)[];
    const own = keys.filter((k) => k in value || namesakes.some((s) => !same(s[k], spec[k])));
    return {name, title, text, spec, own};
  });
}

/** The entry that a strategy belongs to. */
export function entryOf(entries: readonly Entry[], strategy: PolicySpec): Entry | undefined {
  const namesakes = entries.filter((e) => e.spec.name === strategy.name);
  return namesakes.find((e) => e.own.every((k) => same(e.spec[k], strategy[k]))) ?? namesakes[0];
}

/** The scenario with the strategy of an entry; parameters that are not the entry's own stay, and so do experts on flash, if it is not a memory device that has them. */
export function withEntry(scenario: Scenario, entry: Entry): Scenario {
  const own = Object.fromEntries(entry.own.map((k) => [k, entry.spec[k]]));
  const strategy = {...scenario.strategy, ...own};
  const stored = scenario.strategy.home === 'flash' && (strategy.home === 'host' || strategy.home === 'memory');
  return {...scenario, strategy: stored ? {...strategy, home: 'flash'} : strategy};
}
