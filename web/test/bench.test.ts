import {signal} from '@preact/signals';
import {beforeEach, expect, test, vi} from 'vitest';
import type {Core, Engine, Update} from '../src/engine/engine';
import {failure} from '../src/engine/engine';
import {Bench} from '../src/state/bench';
import {Editor} from '../src/state/editor';
import {Lens} from '../src/state/lens';
import {batchPlan, speedOf, subjectsOf} from '../src/state/paper';
import type {Plan} from '../src/state/paper';
import type {Catalog, Resolved, Scenario} from '../src/wire.gen';
import {resultOf, scenarioOf} from './fixture';

const usual = scenarioOf({
  title: '', model: {}, fidelity: 'event', workload: {phase: 'encoder', batch: 4, routing: {source: 'measured'}},
  machine: {device: {count: 1}}, strategy: {name: 'MD+LB'},
});
const catalog = {default: usual, strategies: [], models: [{name: 'nllb-moe-54b', title: '', text: '', value: {name: 'nllb-moe-54b'}}]} as unknown as Catalog;

/** Every run takes ten milliseconds, and says so in its latency by strategy. */
class FakeEngine {
  readonly where = 'wasm';
  readonly ran: Scenario[] = [];
  estimate = 1;
  refuse = '';

  async *run(s: Scenario, _: unknown, stop: AbortSignal): AsyncGenerator<Update> {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (stop.aborted) return void (yield {kind: 'failed', failed: failure('cancelled', '')});
    this.ran.push(s);
    if (this.refuse) return void (yield {kind: 'failed', failed: {...failure('invalid', ''), fields: [{path: this.refuse, reason: 'no'}]}});
    yield {kind: 'report', report: resultOf({latency_ps: s.strategy.name === 'GPU+PM' ? 100 : 20, routing: {text: 't'}})};
  }

  async resolve(): Promise<Resolved> {
    return {estimate_ms: this.estimate} as Resolved;
  }

  async encode(s: Scenario): Promise<string> {
    return `#v1.${s.strategy.name}`;
  }
}

let engine: FakeEngine;
let editor: Editor;
let lens: Lens;
let bench: Bench;
const plans = signal<readonly Plan[]>([]);
const subjects = subjectsOf(catalog).slice(0, 1);
const planOf = (s: Scenario, batches = [4]) => [batchPlan(s, subjects, batches)];

beforeEach(() => {
  vi.useFakeTimers();
  engine = new FakeEngine();
  editor = new Editor(catalog);
  lens = new Lens();
  lens.set({view: 'paper'}, 'pick');
  plans.value = planOf(usual);
  bench = new Bench(editor, lens, engine as unknown as Core & Engine, plans);
});

const settle = (ms = 2000) => vi.advanceTimersByTimeAsync(ms);

test('nothing runs before a figure is in sight, and then all that it needs does, once', async () => {
  bench.follow();
  await settle();
  expect(engine.ran).toEqual([]);
  bench.see('batch', true);
  await settle();
  expect(engine.ran).toHaveLength(5 * 5);
  expect(engine.ran.slice(0, 5).every((s) => s.workload.routing.source === 'measured')).toBe(true);
  const point = plans.value[0]!.panels[0]!.points[0]!;
  expect(speedOf(bench.cells.value, point, 'MD+AM')).toMatchObject({value: 5, skews: 4});
  expect(bench.state.value.kind).toBe('rest');
  bench.see('batch', false);
  bench.see('batch', true);
  await settle();
  expect(engine.ran).toHaveLength(25);
});

test('bars get links, bands do not', async () => {
  bench.follow();
  bench.see('batch', true);
  await settle();
  expect([...bench.links.value.values()].sort()).toEqual(['#v1.CPU+AM', '#v1.GPU+PM', '#v1.Ideal', '#v1.MD+AM', '#v1.MD+LB']);
});

test('work that takes long shows how far it is, and can be cancelled and taken up again', async () => {
  bench.follow();
  bench.see('batch', true);
  await settle(100);
  expect(bench.busy.value).toBe(false);
  await settle(130);
  expect(bench.busy.value).toBe(true);
  expect(bench.state.value).toMatchObject({kind: 'running', total: 25});
  bench.cancel();
  await settle();
  expect([bench.busy.value, bench.state.value.kind]).toEqual([false, 'cancelled']);
  const before = engine.ran.length;
  expect(before).toBeLessThan(25);
  expect(bench.cells.value.size).toBe(before); // what was done is kept
  bench.again();
  await settle();
  expect(engine.ran.length).toBeLessThanOrEqual(26);
  expect(bench.cells.value.size).toBe(25);
});

test('a link starts nothing that takes long, until somebody asks', async () => {
  engine.estimate = 1000;
  lens.set({}, 'load');
  bench.follow();
  bench.see('batch', true);
  await settle();
  expect(bench.state.value).toMatchObject({kind: 'held', runs: 25});
  expect(engine.ran).toEqual([]);
  bench.again();
  await settle();
  expect(engine.ran).toHaveLength(25);
});

test('clock by clock has no bands, and long work waits to be asked for even after a click', async () => {
  engine.estimate = 60_000;
  plans.value = planOf({...usual, fidelity: 'cycle'});
  bench.follow();
  bench.see('batch', true);
  await settle();
  expect(bench.state.value).toMatchObject({kind: 'held', runs: 5});
});

test('a change drops what is out of date and runs the new', async () => {
  bench.follow();
  bench.see('batch', true);
  await settle(55);
  plans.value = planOf(usual, [8]);
  await settle();
  expect(engine.ran.filter((s) => s.workload.batch === 8)).toHaveLength(25);
  expect(engine.ran.filter((s) => s.workload.batch === 4).length).toBeLessThan(10);
});

test('a refusal names the field, and goes with the next good values', async () => {
  engine.refuse = 'strategy.alpha';
  bench.follow();
  bench.see('batch', true);
  await settle();
  expect(bench.state.value.kind).toBe('failed');
  expect(lens.errors.value).toEqual([{path: 'strategy.alpha', reason: 'no'}]);
  expect(engine.ran).toHaveLength(1);
  engine.refuse = '';
  plans.value = planOf(usual, [8]);
  await settle();
  expect([bench.state.value.kind, lens.errors.value]).toEqual(['rest', []]);
});

test('whoever leaves the view stops its runs', async () => {
  const stop = bench.follow();
  bench.see('batch', true);
  await settle(55);
  stop();
  const before = engine.ran.length;
  await settle();
  expect(engine.ran).toHaveLength(before);
  expect(bench.state.value.kind).toBe('rest');
});
