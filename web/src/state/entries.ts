// Which strategies are compared. An entry is one of the catalog's strategies:
// "GPU+PM, serial" and "GPU+PM, overlapped" are two of them.

import {same} from '../base/path';
import type {Badge, Catalog, PolicySpec, Scenario} from '../wire.gen';
import {badgesOf} from './badges';

export interface Entry {
  readonly name: string; // unique; used in links
  readonly title: string;
  readonly text: string;
  readonly source: string; // the paper
  readonly badges: readonly string[];
  readonly usual: boolean; // compared unless somebody says otherwise
  readonly spec: PolicySpec;
  readonly own: readonly (keyof PolicySpec)[]; // what it decides
  readonly apart: readonly (keyof PolicySpec)[]; // what tells it from its namesakes
}

/** The entries of a catalog, in its order. */
export function entriesOf(catalog: Catalog): Entry[] {
  const all = catalog.strategies.map((c) => ({...c, spec: {...catalog.default.strategy, ...c.value}}));
  return all.map(({value, ...entry}) => {
    const namesakes = all.filter((e) => e.spec.name === entry.spec.name).map((e) => e.spec);
    const keys = Object.keys(entry.spec) as (keyof PolicySpec)[];
    const apart = keys.filter((k) => k === 'name' || namesakes.some((s) => !same(s[k], entry.spec[k])));
    return {...entry, apart, own: keys.filter((k) => k in value || apart.includes(k))};
  });
}

const of = (entry: Entry, strategy: PolicySpec) => entry.apart.every((k) => same(entry.spec[k], strategy[k]));

/** The entry that a strategy belongs to. */
export function entryOf(entries: readonly Entry[], strategy: PolicySpec): Entry | undefined {
  const namesakes = entries.filter((e) => e.spec.name === strategy.name);
  return namesakes.find((e) => of(e, strategy)) ?? namesakes[0];
}

/** Whether experts of an entry that begins in memory were put on flash. */
const onFlash = (entry: Entry, home: PolicySpec['home']) => home === 'flash' && (entry.spec.home === 'host' || entry.spec.home === 'memory');

/** The scenario with the strategy of an entry; parameters that are not the entry's own stay, and so do experts that the user put on flash, if it is not a memory device that has them. left is the entry that is left. */
export function withEntry(scenario: Scenario, entry: Entry, left?: Entry): Scenario {
  return of(entry, scenario.strategy) ? scenario : asEntry(scenario, entry, left); // the same one: as the user has changed it
}

/** The same, without what the user has changed of it. */
export function asEntry(scenario: Scenario, entry: Entry, left?: Entry): Scenario {
  const own = Object.fromEntries(entry.own.map((k) => [k, entry.spec[k]]));
  const strategy = {...scenario.strategy, ...own};
  const stored = left?.spec.home !== 'flash' && onFlash(entry, scenario.strategy.home);
  return {...scenario, strategy: stored ? {...strategy, home: 'flash'} : strategy};
}

/** What ran under the name of an entry. */
export interface Ran {
  readonly mark: string; // what to add to the name: ", changed"
  readonly changed: boolean; // in more than parameters
  readonly spec: PolicySpec;
  readonly badges: readonly Badge[];
}

/** What a strategy is of its entry; where its experts lie may be the user's choice for all, and transfer is read of fetched experts alone. */
export function ranAs(entry: Entry, spec: PolicySpec): Ran {
  const stored = onFlash(entry, spec.home);
  const unread = (k: keyof PolicySpec) => (k === 'home' && stored) || (k === 'transfer' && spec.missed !== 'gpu' && entry.spec.missed !== 'gpu');
  const changed = entry.own.some((k) => k !== 'name' && !unread(k) && !same(entry.spec[k], spec[k]));
  return {mark: `${stored ? ', on flash' : ''}${changed ? ', changed' : ''}`, changed, spec, badges: badgesOf(entry, spec)};
}
