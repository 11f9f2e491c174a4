import {expect, test} from 'vitest';
import {atLeast, bindingOf, bindings, binsOf, coldSite, expertsOf, layerAt, loadOf} from '../src/state/roofline';
import type {Layer} from '../src/wire.gen';
import {resultOf} from './fixture';

const layer = (some: Partial<Record<keyof Layer, unknown>>) => ({moe: true, passes: 1, time_ps: 100, critical_ps: [100, 0], tokens: null, hot: null, active: 0, h: 0, ...some}) as unknown as Layer;

test('a layer is bound by what it waits for most', () => {
  expect(bindingOf(layer({critical_ps: [30, 70]}), ['gpu', 'ndp'])).toEqual({resource: 'ndp', share: 0.7});
  expect(bindingOf(layer({critical_ps: [0, 0], time_ps: 0}), ['gpu', 'ndp']).share).toBe(0);
});

test('layers are counted by what binds them, the most first', () => {
  const r = resultOf({resources: [{name: 'gpu'}, {name: 'ndp'}], layers: [layer({}), layer({critical_ps: [1, 9]}), layer({critical_ps: [2, 8]})]});
  expect(bindings(r)).toEqual([['ndp', 2], ['gpu', 1]]);
});

test('experts that are alike are one group, hot ones apart, idle ones left out', () => {
  const {groups, average} = loadOf(layer({tokens: [0, 8, 3, 3, 8], hot: [0, 1, 0, 0, 0]}), 'MD+LB');
  expect(average).toBe(false);
  expect(groups).toEqual([{tokens: 3, site: 'device', experts: 2}, {tokens: 8, site: 'moved', experts: 1}, {tokens: 8, site: 'device', experts: 1}]);
  expect([expertsOf(groups), atLeast(groups, 8), atLeast(groups, 9)]).toEqual([4, 2, 0]);
});

test('of many passes only the mean active expert is known', () => {
  const l = layer({passes: 10, tokens: [30, 10, 0], active: 20});
  expect(loadOf(l, 'MD+AM')).toEqual({groups: [{tokens: 2, site: 'device', experts: 2}], average: true});
  expect(loadOf(layer({passes: 10, tokens: [], active: 0}), 'MD+AM').groups).toEqual([]);
});

test('each strategy has its own place for experts', () => {
  expect(['Ideal', 'GPU+PM', 'GPU+PM serial', 'MD+AM', 'MD+LB', 'CPU+AM'].map(coldSite)).toEqual(['gpu', 'moved', 'moved', 'device', 'device', 'host']);
});

test('a wanted layer without experts gives way to the first that has some', () => {
  const layers = [layer({moe: false}), layer({}), layer({})];
  expect([0, 1, 2, 99].map((i) => layerAt(layers, i))).toEqual([1, 1, 2, 1]);
  expect(layerAt([layer({moe: false})], 0)).toBe(-1);
});

test('the histogram has a bar for every power of two, and loses no expert', () => {
  const groups = [{tokens: 1, site: 'device', experts: 5}, {tokens: 3, site: 'device', experts: 2}, {tokens: 9, site: 'moved', experts: 1}] as const;
  expect(binsOf(groups)).toEqual([
    {from: 1, to: 2, experts: 5, moved: 0}, {from: 2, to: 4, experts: 2, moved: 0}, {from: 4, to: 8, experts: 0, moved: 0}, {from: 8, to: 16, experts: 1, moved: 1},
  ]);
  expect(binsOf([])).toEqual([]);
});
