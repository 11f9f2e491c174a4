import {beforeEach, expect, test, vi} from 'vitest';
import {Refusal, failure} from '../src/engine/engine';
import type {Update} from '../src/engine/engine';
import {WasmEngine} from '../src/engine/wasm';
import type {Trace} from '../src/wire.gen';
import {placedOf} from './figures';
import {sightOf} from './sight';
import {FakePort, resultOf, scenarioOf} from './fixture';

let ports: FakePort[];
let engine: WasmEngine;
const scenario = scenarioOf({seed: 1});

beforeEach(() => {
  ports = [];
  engine = new WasmEngine(() => {
    const port = new FakePort();
    ports.push(port);
    return port;
  });
});

const port = (i = 0) => ports[i] ?? new FakePort();

async function collect(updates: AsyncIterable<Update>): Promise<string[]> {
  const kinds: string[] = [];
  for await (const u of updates) kinds.push(u.kind === 'failed' ? `failed ${u.failed.code}` : u.kind);
  return kinds;
}

const report = (id: number) => port().say({kind: 'update', id, update: {kind: 'report', report: resultOf({})}});

test('calls reach the worker one at a time', async () => {
  const signal = new AbortController().signal;
  const first = collect(engine.run(scenario, {spans: true}, signal));
  const second = collect(engine.run(scenario, {spans: false}, signal));
  expect(port().posted).toHaveLength(1);
  report(1);
  expect(port().posted).toHaveLength(2);
  port().say({kind: 'done', id: 1}); // late, and of no consequence
  report(2);
  expect(await first).toEqual(['report']);
  expect(await second).toEqual(['report']);
});

test('a waiting run that is aborted never reaches the worker', async () => {
  const stop = new AbortController();
  void collect(engine.run(scenario, {spans: true}, new AbortController().signal));
  const second = collect(engine.run(scenario, {spans: false}, stop.signal));
  stop.abort();
  expect(await second).toEqual(['failed cancelled']);
  report(1);
  expect(port().posted).toHaveLength(1);
});

test('an aborted run that goes on costs the worker its life, and the next run gets a new one', async () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const first = collect(engine.run(scenario, {spans: true}, stop.signal));
  const second = collect(engine.run(scenario, {spans: false}, new AbortController().signal));
  stop.abort();
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  expect(await first).toEqual(['failed cancelled']);
  expect(port(0).terminated).toBe(true);
  port(1).say({kind: 'update', id: port(1).id, update: {kind: 'report', report: resultOf({})}});
  expect(await second).toEqual(['report']);
});

test('an aborted run that ends soon keeps the worker', async () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const run = collect(engine.run(scenario, {spans: true}, stop.signal));
  stop.abort();
  report(1);
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  expect(await run).toEqual(['report']);
  expect(port().terminated).toBe(false);
});

test('a crash fails the call and the next call starts a worker', async () => {
  const asked = engine.catalog();
  port().say({kind: 'crashed', reason: 'out of memory'});
  await expect(asked).rejects.toThrow('out of memory');
  void engine.catalog().catch(() => undefined);
  expect(ports).toHaveLength(2);
});

test('a look that is aborted while it waits is refused at once, and one that runs on ends its worker', async () => {
  vi.useFakeTimers();
  const [first, second] = [new AbortController(), new AbortController()];
  const look = {tokens: 4, pmove: false, from: 0, clocks: 1};
  const running = engine.look(scenario, look, first.signal);
  const waiting = engine.look(scenario, look, second.signal);
  second.abort();
  await expect(waiting).rejects.toThrow('Cancelled');
  expect(port().posted).toHaveLength(1);
  first.abort();
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  await expect(running).rejects.toThrow('Cancelled');
  expect(port().terminated).toBe(true);
});

test('a look answers with its sight', async () => {
  const asked = engine.look(scenario, {tokens: 4, pmove: false, from: 0, clocks: 1}, new AbortController().signal);
  const sight = sightOf([]);
  port().say({kind: 'reply', id: 1, reply: {v: 1, sight}});
  expect(await asked).toBe(sight);
});

test('a refusal carries the fields that are wrong', async () => {
  const asked = engine.decode('#v1.x');
  const failed = {...failure('invalid', ''), fields: [{path: 'workload.batch', reason: 'must be positive'}]};
  port().say({kind: 'reply', id: 1, reply: {v: 1, failed}});
  port().say({kind: 'done', id: 1});
  await expect(asked).rejects.toBeInstanceOf(Refusal);
  await expect(asked).rejects.toThrow('workload.batch: must be positive');
});

test('a new worker is given the traces that the old one had', async () => {
  const attached = engine.attach('t', new ArrayBuffer(3));
  port().say({kind: 'reply', id: 1, reply: {v: 1, trace: {name: 't'} as unknown as Trace}});
  port().say({kind: 'done', id: 1});
  await attached;
  port().say({kind: 'crashed', reason: 'gone'});
  void engine.catalog().catch(() => undefined);
  expect(port(1).posted.map((m) => m.kind)).toEqual(['attach', 'call']);
});

test('a place is a call with its answer, and a refusal of it rejects', async () => {
  const answer = engine.place(scenario, {tokens: [4]}, new AbortController().signal);
  expect(port().posted).toEqual([{kind: 'call', id: 1, request: {op: 'place', scenario, place: {tokens: [4]}}}]);
  const placed = placedOf([4]);
  port().say({kind: 'reply', id: 1, reply: {v: 1, placed}});
  port().say({kind: 'done', id: 1});
  expect(await answer).toBe(placed);
  const refused = engine.place(scenario, {tokens: [0]}, new AbortController().signal);
  port().say({kind: 'reply', id: 2, reply: {v: 1, failed: {code: 'invalid', reason: '', fields: [{path: 'place.tokens[0]', reason: 'must be 1 to 65536, got 0'}]}}});
  await expect(refused).rejects.toThrow('place.tokens[0]: must be 1 to 65536, got 0');
});
