import {beforeEach, expect, test, vi} from 'vitest';
import {Editor} from '../src/state/editor';
import {Runner} from '../src/state/runner';
import type {Engine, RunOptions, Update} from '../src/engine/engine';
import type {Catalog, Failed, Scenario} from '../src/wire.gen';
import {milliseconds} from '../src/base/units';
import {signal} from '@preact/signals';
import {resultOf} from './fixture';

interface Asked {
  readonly strategy: string;
  readonly spans: boolean;
}

/** Answers at once: a batch of 0 is refused, and any machine lacks what "MD+AM" needs. */
class FakeEngine implements Engine {
  readonly where = 'wasm';
  readonly asked: Asked[] = [];

  async *run(s: Scenario, options: RunOptions, signal: AbortSignal): AsyncGenerator<Update, void, void> {
    const {name} = s.strategy;
    this.asked.push({strategy: name, spans: options.spans});
    await Promise.resolve();
    if (signal.aborted) return yield {kind: 'failed', failed: refuse('cancelled', '')};
    if (s.workload.batch === 0) return yield {kind: 'failed', failed: refuse('invalid', 'workload.batch')};
    if (slow) await new Promise((resolve) => setTimeout(resolve, 300));
    if (name === 'MD+AM' || (lacking && name === 'MD+LB')) return yield {kind: 'failed', failed: refuse('invalid', 'machine.device.count')};
    yield {kind: 'report', report: resultOf({strategy: name, latency_ps: s.workload.batch, timeline: {start_ps: options.spans ? [1] : []} as never})};
  }

  [Symbol.dispose](): void {}
}

let slow = false;
let lacking = false; // a device

const refuse = (code: Failed['code'], path: string): Failed => ({code, reason: '', fields: [{path, reason: 'no'}]});
const catalog = {
  default: {strategy: {name: 'MD+LB', home: 'device'}, machine: {device: {count: 1}}, workload: {batch: 4}, title: ''},
  strategies: ['Ideal', 'MD+AM', 'MD+LB'].map((name) => ({name, title: name, text: '', source: '', badges: [], usual: true, value: {name, home: name === 'Ideal' ? 'gpu' : 'device'}})),
} as unknown as Catalog;

let engine: FakeEngine;
let editor: Editor;
let runner: Runner;

beforeEach(() => {
  [slow, lacking] = [false, false];
  vi.stubGlobal('requestAnimationFrame', () => 0);
  engine = new FakeEngine();
  editor = new Editor(catalog);
  runner = new Runner(editor, engine, () => null);
  runner.follow();
});

const compared = () => [...runner.comparison.value.outcomes].map(([name, o]) => [name, o.report?.latency_ps ?? null]);
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const latency = (name: string) => runner.outcomes.value.get(name)?.report?.latency_ps;

test('the selected strategy runs first, and it alone asks for spans', async () => {
  await settled();
  expect(engine.asked).toEqual([{strategy: 'MD+LB', spans: true}, {strategy: 'Ideal', spans: false}, {strategy: 'MD+AM', spans: false}]);
});

test('a strategy that this machine cannot run says why and has no bar', async () => {
  await settled();
  expect(runner.outcomes.value.get('MD+AM')?.report).toBeNull();
  expect(runner.outcomes.value.get('MD+AM')?.failed?.fields[0]?.path).toBe('machine.device.count');
  expect(runner.stale.value).toBe(false);
});

test('a wrong value keeps the last good results, marked stale', async () => {
  await settled();
  editor.set('workload.batch', 0, 'slide');
  await settled();
  expect(latency('MD+LB')).toBe(4);
  expect(latency('Ideal')).toBe(4);
  expect(runner.stale.value).toBe(true);
  editor.set('workload.batch', 5, 'slide');
  await settled();
  expect([latency('MD+LB'), latency('Ideal'), runner.stale.value]).toEqual([5, 5, false]);
});

test('of two changes at once, only the newer is seen', async () => {
  editor.set('workload.batch', 7, 'slide');
  editor.set('workload.batch', 9, 'slide');
  await settled();
  expect(latency('MD+LB')).toBe(9);
  expect(latency('Ideal')).toBe(9);
});

test('selecting another strategy runs only what is not known yet', async () => {
  await settled();
  engine.asked.length = 0;
  const ideal = editor.entries.find((e) => e.name === 'Ideal');
  if (ideal) editor.select(ideal);
  await settled();
  expect(engine.asked).toEqual([{strategy: 'Ideal', spans: true}, {strategy: 'MD+AM', spans: false}]);
  expect(runner.selected.value).toBe('Ideal');
});

test('a title is no reason to run again', async () => {
  await settled();
  engine.asked.length = 0;
  editor.set('title', 'for class', 'pick');
  await settled();
  expect(engine.asked.map((a) => a.strategy)).toEqual(['MD+AM']);
});

test('only reports of one scenario are compared: a strategy that failed has none', async () => {
  await settled();
  lacking = true;
  editor.set('workload.batch', 6, 'pick');
  await settled();
  expect(compared()).toEqual([['MD+LB', null], ['Ideal', 6], ['MD+AM', null]]);
  expect(latency('MD+LB')).toBe(4); // in detail, marked stale
  expect([runner.stale.value, runner.comparison.value.stale]).toEqual([true, false]);
});

test('where nothing can be run, the last comparison stays whole', async () => {
  await settled();
  editor.set('workload.batch', 0, 'slide');
  await settled();
  expect(compared()).toEqual([['MD+LB', 4], ['Ideal', 4], ['MD+AM', null]]);
  expect(runner.comparison.value.stale).toBe(true);
});

test('while a slow comparison is made, none of its bars is of the old one', async () => {
  await settled();
  slow = true;
  editor.set('workload.batch', 8, 'slide');
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(compared()).toEqual([['MD+LB', 4], ['Ideal', 4], ['MD+AM', null]]);
  expect(runner.comparison.value.stale).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(compared()).toEqual([['MD+LB', 8]]);
  runner.cancel();
  expect(runner.pause.value).toEqual({kind: 'cancelled'});
  expect(compared()).toEqual([['MD+LB', 8]]);
  slow = false;
  runner.again();
  await settled();
  expect(compared()).toEqual([['MD+LB', 8], ['Ideal', 8], ['MD+AM', null]]);
  expect(runner.pause.value).toBeNull();
});

test('a link to a heavy scenario runs only when it is asked to', async () => {
  await settled();
  engine.asked.length = 0;
  editor.replace({...catalog.default, seed: 9}, 'load', milliseconds(1000));
  await settled();
  expect(engine.asked).toEqual([]);
  expect(runner.pause.value).toEqual({kind: 'held', cost: 9000});
  runner.again();
  await settled();
  expect(engine.asked).toHaveLength(3);
  expect(runner.pause.value).toBeNull();
});

test('a heavy change by hand runs at once', async () => {
  await settled();
  editor.replace({...catalog.default, seed: 9}, 'load', milliseconds(1000));
  engine.asked.length = 0;
  editor.set('seed', 10, 'pick');
  await settled();
  expect(engine.asked).toHaveLength(3);
});

test('asleep, nothing runs; awake again, what changed does', async () => {
  await settled();
  const awake = signal(false);
  const [own, others] = [new FakeEngine(), new Editor(catalog)];
  new Runner(others, own, () => null).follow(awake);
  others.set('workload.batch', 6, 'pick');
  await settled();
  expect(own.asked).toEqual([]);
  awake.value = true;
  await settled();
  expect(own.asked).toHaveLength(3);
  awake.value = false;
  awake.value = true;
  await settled();
  expect(own.asked.filter((a) => a.strategy === 'MD+LB')).toHaveLength(1);
});

test('at fidelity cycle only strategies near the data are dear', async () => {
  await settled();
  editor.replace({...catalog.default, seed: 9, fidelity: 'cycle'}, 'load', milliseconds(1000));
  await settled();
  expect(runner.pause.value).toEqual({kind: 'held', cost: 6000});
});

test('a drag at fidelity cycle runs once it rests, a choice at once', async () => {
  await settled();
  editor.set('fidelity', 'cycle', 'pick');
  await settled();
  engine.asked.length = 0;
  for (const batch of [5, 6, 7]) editor.set('workload.batch', batch, 'slide');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(engine.asked).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(engine.asked.filter((a) => a.strategy === 'MD+LB')).toHaveLength(1);
  expect(latency('MD+LB')).toBe(7);
});
