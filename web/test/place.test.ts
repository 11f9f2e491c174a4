import {expect, test} from 'vitest';
import {crossover, homeOf, intensity, moveRate, passesOf, roofsOf, timeAt, tokensAt, under} from '../src/state/place';
import type {Case, Site} from '../src/state/place';

const gpu = {bandwidth_bytes_per_s: 1935e9, bandwidth_efficiency: 0.8, compute_flops_per_s: 312e12, compute_efficiency: 0.77, kernel_ps: 3e6, launch_ps: 5e6, eager: false};
const link = {bandwidth_bytes_per_s: 32e9, efficiency: 1, latency_ps: 1e6, chunk_bytes: 262144};
const host = {bandwidth_bytes_per_s: 187e9, bandwidth_efficiency: 0.8, compute_flops_per_s: 1.6128e12, compute_efficiency: 0.7, call_ps: 10e6};
const device = {count: 1, bandwidth_bytes_per_s: 512e9, efficiency: 1, command_ps: 100e3, ndp: {arrays: 64, rows: 4, cols: 4, clock_hz: 1e9}};
const nllb = {d_model: 2048, expert_ff: 8192, gated: false, expert_bits: 16};
const oss = {d_model: 2880, expert_ff: 2880, gated: true, expert_bits: 4.25};

const caseOf = (model: object, change: object = {}, strategy = 'MD+AM') => ({model, machine: {gpu, link, host, device, ...change}, strategy: {name: strategy}}) as unknown as Case;

// `monde run` of one MoE block with one active expert of so many tokens, on the
// paper's machine, at fidelity event: latency_ps. GPU+PM is serial.
const engine: readonly (readonly [model: object, tokens: number, site: Site, latency: number])[] = [
  [nllb, 1, 'gpu', 58389024], [nllb, 1, 'host', 461227979], [nllb, 1, 'device', 133428000], [nllb, 1, 'moved', 2156541024],
  [nllb, 5, 'gpu', 58537199], [nllb, 5, 'host', 463785241], [nllb, 5, 'device', 265524000], [nllb, 5, 'moved', 2156689199],
  [nllb, 64, 'gpu', 60722791], [nllb, 64, 'host', 3832741370], [nllb, 64, 'device', 2115636000], [nllb, 64, 'moved', 2158874791],
  [nllb, 300, 'gpu', 98802278], [nllb, 300, 'host', 17921725171], [nllb, 300, 'device', 9909300000], [nllb, 300, 'moved', 2196954278],
  [oss, 1, 'gpu', 26576745], [oss, 1, 'host', 101108664], [oss, 1, 'device', 99660000], [oss, 1, 'moved', 440676745],
  [oss, 300, 'gpu', 80145855], [oss, 300, 'host', 13344489796], [oss, 300, 'device', 7400100000], [oss, 300, 'moved', 494245855],
];

test('one expert takes as long as the engine says, wherever it is computed', () => {
  for (const [model, tokens, site, latency] of engine) {
    const got = timeAt(caseOf(model), site, tokens);
    expect(Math.abs(got - latency), `${site} with ${tokens}: ${got} against ${latency}`).toBeLessThanOrEqual(8); // the engine rounds each step up
  }
});

test('an expert in bf16 has as many operations for a byte as it has tokens', () => {
  expect(intensity(caseOf(nllb).model, 7)).toBe(7);
  expect(intensity(caseOf(oss).model, 1)).toBeCloseTo(16 / 4.25, 6);
  expect(tokensAt(caseOf(oss).model, intensity(caseOf(oss).model, 9))).toBeCloseTo(9, 9);
});

test('the paper’s device is as fast as its memory up to four tokens, by its roof and by its passes', () => {
  const roof = roofsOf(caseOf(nllb)).find((r) => r.site === 'device');
  if (!roof) throw new Error('no roof');
  expect(roof.peak / roof.rate).toBe(4);
  expect(under(roof, 2)).toBe(1024e9);
  expect(under(roof, 400)).toBe(2048e9);
  expect([1, 4, 5, 8, 9].map((t) => passesOf(caseOf(nllb).machine, t))).toEqual([1, 1, 2, 2, 3]);
});

test('nobody does more than the roof allows', () => {
  for (const model of [nllb, oss]) {
    const c = caseOf(model);
    for (const roof of roofsOf(c)) {
      for (const t of [1, 3, 4, 5, 64, 1000, 20_000]) {
        const reached = (2 * t * weights(model)) / (timeAt(c, roof.site, t) / 1e12);
        expect(reached).toBeLessThanOrEqual(under(roof, intensity(c.model, t)) * 1.000001);
      }
    }
  }
});

const weights = (m: object) => {
  const {d_model, expert_ff, gated} = m as typeof nllb;
  return (gated ? 3 : 2) * d_model * expert_ff;
};

test('the crossover is the first number of tokens for which moving is faster', () => {
  const c = caseOf(nllb);
  const t = crossover(c);
  expect(t).toBe(65); // 17 passes of 131 µs exceed 2.1 ms of PMove
  for (const [n, moved] of [[64, false], [65, true]] as const) expect(timeAt(c, 'moved', n) < timeAt(c, 'device', n)).toBe(moved);
});

test('a faster link moves the crossover down, and faster arrays move it up', () => {
  expect(crossover(caseOf(nllb, {link: {...link, bandwidth_bytes_per_s: 64e9}}))).toBeLessThan(65);
  expect(crossover(caseOf(nllb, {device: {...device, ndp: {...device.ndp, rows: 16}}}))).toBeGreaterThan(200);
});

test('however fast the device, moving pays once activations outweigh weights, unless the GPU is slow', () => {
  const free = {...device, command_ps: 0, bandwidth_bytes_per_s: 1e15, ndp: {arrays: 2 ** 20, rows: 4096, cols: 64, clock_hz: 1e11}};
  const slow = {...link, bandwidth_bytes_per_s: 1e9};
  expect(crossover(caseOf(nllb, {device: free, link: slow}))).toBeGreaterThan(nllb.expert_ff);
  expect(crossover(caseOf(nllb, {device: free, link: slow, gpu: {...gpu, compute_flops_per_s: 1e9}}))).toBeNull();
});

test('without a device the host is where experts are computed in place', () => {
  const c = caseOf(nllb, {device: {...device, count: 0}});
  expect(homeOf(c)).toBe('host');
  expect(roofsOf(c).map((r) => r.site)).toEqual(['host', 'moved', 'gpu']);
  expect(crossover(c)).toBeGreaterThan(1);
});

test('PMove from the device takes its bandwidth, and half of it at most beside its own experts', () => {
  const slow = (extra: object) => ({device: {...device, bandwidth_bytes_per_s: 40e9, dram: {pmove_from: 'device'}, ...extra}});
  expect(moveRate(caseOf(nllb))).toBe(32e9);
  expect(moveRate(caseOf(nllb, slow({})))).toBe(32e9);
  expect(moveRate(caseOf(nllb, slow({}), 'MD+LB'))).toBe(20e9);
  expect(moveRate(caseOf(nllb, slow({count: 4}), 'MD+LB'))).toBe(32e9);
  expect(moveRate(caseOf(nllb, slow({bandwidth_bytes_per_s: 8e9})))).toBe(8e9);
});
