import {expect, test} from 'vitest';
import {bends, costAt, curveOf, farthest, intensity, lacking, moveRate, nearest, needed, roofsOf, rowsOf, sitesOf, timeAt, tokensAt, tokensRange, under, wholeOf} from '../src/state/place';
import type {Case} from '../src/state/place';
import type {Group} from '../src/state/roofline';
import {bytesPerSecond} from '../src/base/units';
import type {Scenario} from '../src/wire.gen';
import {figuresOf} from './figures';

const gpu = {bandwidth_bytes_per_s: 1935e9, bandwidth_efficiency: 0.8, compute_flops_per_s: 312e12, compute_efficiency: 0.77};
const host = {bandwidth_bytes_per_s: 187e9, bandwidth_efficiency: 0.8, compute_flops_per_s: 1.6128e12, compute_efficiency: 0.7};
const device = {count: 1, bandwidth_bytes_per_s: 512e9, efficiency: 1, ndp: {arrays: 64, rows: 4, cols: 4, clock_hz: 1e9}};
const nllb = {d_model: 2048, expert_ff: 8192, gated: false, expert_bits: 16};
const oss = {d_model: 2880, expert_ff: 2880, gated: true, expert_bits: 4.25};

const caseOf = (model: object, change: object = {}, home = 'memory') => ({model, machine: {gpu, host, device, ...change}, strategy: {home}}) as unknown as Case & Pick<Scenario, 'model'>;
const link = bytesPerSecond(32e9);

test('an expert in bf16 has as many operations for a byte as it has tokens', () => {
  expect(intensity(caseOf(nllb).model, 7)).toBe(7);
  expect(intensity(caseOf(oss).model, 1)).toBeCloseTo(16 / 4.25, 6);
  expect(tokensAt(caseOf(oss).model, intensity(caseOf(oss).model, 9))).toBeCloseTo(9, 9);
});

test('the paper’s device is as fast as its memory up to four tokens, by its roof', () => {
  const roof = roofsOf(caseOf(nllb), link).find((r) => r.site === 'device');
  if (!roof) throw new Error('no roof');
  expect(roof.peak / roof.rate).toBe(4);
  expect(under(roof, 2)).toBe(1024e9);
  expect(under(roof, 400)).toBe(2048e9);
});

test('weights reach the GPU as fast as the engine moves them', () => {
  const f = figuresOf([], {expert_bytes: 32_000, pmove_ps: 3e6, latency_ps: 1e6});
  expect(moveRate(f)).toBe(16e9);
  expect(roofsOf(caseOf(nllb), moveRate(f)).find((r) => r.site === 'moved')?.rate).toBe(16e9);
});

test('a machine without a device has no roof and no place for it', () => {
  const c = caseOf(nllb, {device: {...device, count: 0}});
  expect(roofsOf(c, link).map((r) => r.site)).toEqual(['host', 'moved', 'gpu']);
  expect(sitesOf(c)).toEqual(['host', 'moved', 'gpu']);
  expect(sitesOf(caseOf(nllb, {}, 'flash'))).toEqual(['host', 'moved', 'gpu']);
  expect(sitesOf(caseOf(nllb))).toEqual(['device', 'host', 'moved', 'gpu']);
});

test('a cost is the engine’s, or unknown', () => {
  const f = figuresOf([1, 4]);
  expect(timeAt(f, 'device', 4)).toBe(4000);
  expect(costAt(f, 'moved', 4)).toMatchObject({time_ps: 4000, there_ps: 1000});
  expect([timeAt(f, 'device', 5), timeAt(f, 'host', 4)]).toEqual([undefined, undefined]);
});

test('what is not known yet is read at the nearest that is', () => {
  const f = figuresOf([1, 4, 64]);
  expect([1, 2, 3, 5, 60, 9999].map((t) => nearest(f, t))).toEqual([1, 1, 4, 4, 64, 64]);
});

test('a curve is asked for on both sides of every step while they are few', () => {
  expect(bends(4, 12)).toEqual([1, 4, 5, 8, 9, 12]);
  expect(bends(1, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(curveOf(caseOf(nllb, {device: {...device, count: 0}}).machine, 4)).toEqual([1, 2, 3, 4]);
  const long = bends(4, farthest);
  expect(long.slice(0, 3)).toEqual([1, 4, 5]);
  expect(long.at(-1)).toBe(farthest);
});

test('the table holds the first passes, powers of two, and both sides of the crossover', () => {
  expect(rowsOf(64, 17)).toEqual([1, 2, 3, 4, 5, 6, 8, 16, 17, 32, 64]);
  expect(rowsOf(8, null)).toEqual([1, 2, 3, 4, 5, 6, 8]);
  expect(rowsOf(8, 1)).toEqual([1, 2, 3, 4, 5, 6, 8]);
});

const groups: readonly Group[] = [{tokens: 3, site: 'device', experts: 2}, {tokens: 77, site: 'moved', experts: 1}];

test('pictures reach past all experts and the crossover, and no further than can be asked for', () => {
  expect(tokensRange(groups, null)).toEqual({from: 1, to: 100});
  expect(tokensRange(groups, 65)).toEqual({from: 1, to: 1000});
  expect(tokensRange([{tokens: 900_000, site: 'gpu', experts: 1}], 65_000).to).toBe(farthest);
});

test('everything that is shown is needed once, within what one answer may hold', () => {
  const {machine} = caseOf(nllb);
  const all = needed(machine, groups, 65);
  expect(new Set(all).size).toBe(all.length);
  for (const t of [1, 3, 64, 65, 77, 1000]) expect(all).toContain(t);
  expect(needed(machine, [{tokens: 900_000, site: 'gpu', experts: 1}], null).every((t) => t >= 1 && t <= farthest)).toBe(true);
  expect(needed(machine, [], 65_000).length).toBeLessThan(512);
  expect(lacking(figuresOf(all), needed(machine, groups, 65))).toEqual([]);
  expect(lacking(null, [1])).toEqual([1]);
});

test('a mean of tokens is asked for as a whole number, at least one', () => {
  expect([0.2, 2.4, 2.6, 7].map((tokens) => wholeOf({tokens}))).toEqual([1, 2, 3, 7]);
});
