// What a report says about its layers, for the view of rooflines: pure.

import type {Result} from '../engine/engine';
import type {Layer} from '../wire.gen';
import type {Site} from './place';

/** Experts of a layer that are alike. */
export interface Group {
  readonly tokens: number; // each
  readonly site: Site;
  readonly experts: number;
}

/** The experts of a layer that have tokens. */
export interface Load {
  readonly groups: readonly Group[]; // the fewest tokens first
  readonly average: boolean; // of many passes: the report keeps sums, so this is the mean active expert
}

/** Which resource a layer waits for most, and how much of its time. */
export interface Binding {
  readonly resource: string;
  readonly share: number;
}

/** What binds a layer. */
export function bindingOf(l: Layer, names: readonly string[]): Binding {
  const most = Math.max(...l.critical_ps);
  const i = l.critical_ps.findIndex((t) => t === most);
  return {resource: names[i] ?? '', share: l.time_ps > 0 ? most / l.time_ps : 0};
}

/** How many layers each resource binds, the most first. */
export function bindings(r: Pick<Result, 'layers' | 'resources'>): (readonly [resource: string, layers: number])[] {
  const names = r.resources.map((x) => x.name);
  const counts = new Map<string, number>();
  for (const l of r.layers) {
    const {resource} = bindingOf(l, names);
    counts.set(resource, (counts.get(resource) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** Where a strategy computes an expert that is not hot. */
export function coldSite(strategy: string): Site {
  if (strategy.startsWith('MD')) return 'device';
  if (strategy.startsWith('CPU')) return 'host';
  return strategy.startsWith('Ideal') ? 'gpu' : 'moved';
}

/** The experts of a layer, alike ones together. */
export function loadOf(l: Layer, strategy: string): Load {
  const cold = coldSite(strategy);
  const tokens = l.tokens ?? [];
  if (l.passes > 1) {
    const all = tokens.reduce((sum, n) => sum + n, 0);
    const groups = l.active > 0 ? [{tokens: all / l.active, site: l.h * 2 > l.active ? 'moved' as const : cold, experts: l.active / l.passes}] : [];
    return {groups, average: true};
  }
  const found = new Map<string, Group>();
  tokens.forEach((n, id) => {
    if (n === 0) return;
    const site = (l.hot?.[id] ?? 0) > 0 ? 'moved' : cold;
    const key = `${n} ${site}`;
    found.set(key, {tokens: n, site, experts: (found.get(key)?.experts ?? 0) + 1});
  });
  return {groups: [...found.values()].sort((a, b) => a.tokens - b.tokens), average: false};
}

/** A layer with experts: the one that is asked for, or the first. */
export function layerAt(layers: readonly Layer[], wanted: number): number {
  return layers[wanted]?.moe ? wanted : layers.findIndex((l) => l.moe);
}

/** A bar of the histogram: experts with from to to-1 tokens. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly experts: number;
  readonly moved: number; // of those
}

/** How many experts have how many tokens, by powers of two. */
export function binsOf(groups: readonly Group[]): Bin[] {
  const top = Math.max(0, ...groups.map((g) => g.tokens));
  const bins: Bin[] = [];
  for (let from = 1; from <= top; from *= 2) {
    const own = groups.filter((g) => Math.max(1, g.tokens) >= from && Math.max(1, g.tokens) < from * 2);
    const sum = (some: readonly Group[]) => some.reduce((n, g) => n + g.experts, 0);
    bins.push({from, to: from * 2, experts: sum(own), moved: sum(own.filter((g) => g.site === 'moved'))});
  }
  return bins;
}

/** How many experts have at least so many tokens. */
export const atLeast = (groups: readonly Group[], tokens: number) => groups.filter((g) => g.tokens >= tokens).reduce((n, g) => n + g.experts, 0);

/** How many experts there are. */
export const expertsOf = (groups: readonly Group[]) => atLeast(groups, 0);
