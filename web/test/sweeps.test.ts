import {expect, test} from 'vitest';
import {Refusal, failure} from '../src/engine/engine';
import type {Update} from '../src/engine/engine';
import {Sweeps} from '../src/state/sweeps';
import type {SweepRow, SweepSpec, SweepState} from '../src/wire.gen';
import {scenarioOf} from './fixture';

type Remote = ConstructorParameters<typeof Sweeps>[0];

const spec: SweepSpec = {method: 'grid', axes: [{path: 'workload.batch', values: [1, 2]}]};
const stateOf = (some: Partial<SweepState> = {}): SweepState => ({
  id: 's1', title: '', model: 'm', machine: 'b', strategy: 'Ideal', state: 'running', stream: '', results: '', points: 2, done: 0, bad: 0, reused: 0,
  estimate_ms: 1, scenario: {}, sweep: spec, watchers: 0, engine: '0', created: '', ...some,
});
const row = (index: number): SweepRow => ({index, values: [index]});
const files = {ownTrace: () => undefined};
const scenario = scenarioOf({workload: {routing: {file: 'x'}}});
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

function fake(says: readonly Update[], some: Partial<Remote> = {}) {
  const keys: string[] = [];
  const remote: Remote = {
    start: async (_, key) => (keys.push(key), stateOf({state: 'queued'})),
    state: async () => stateOf({state: 'done', done: 2}),
    cancel: async () => stateOf({state: 'cancelled'}),
    list: async () => ({sweeps: [stateOf()]}),
    rows: async () => ({rows: []}),
    async *watch() {
      yield* says;
    },
    putTrace: async () => undefined,
    ...some,
  };
  return {sweeps: new Sweeps(remote, () => new Promise(() => undefined)), keys};
}

test('rows count once, in the order of their number, however they come', async () => {
  const {sweeps} = fake([{kind: 'rows', rows: [row(1)]}, {kind: 'rows', rows: [row(0), row(1)]}, {kind: 'swept', swept: stateOf({state: 'done', done: 2})}, {kind: 'end'}]);
  expect(await sweeps.start(scenario, spec, files)).toBe('s1');
  await settled();
  expect(sweeps.rows.value.map((r) => r.index)).toEqual([0, 1]);
  expect(sweeps.current.value?.state).toBe('done');
  expect(sweeps.asking.value).toBe(false);
});

test('rows that the stream left out are fetched by their number', async () => {
  const asked: number[] = [];
  const {sweeps} = fake([{kind: 'end'}], {rows: async (_, from) => {
    asked.push(from);
    return from === 0 ? {rows: [row(0)], next: 'more'} : {rows: [row(1)]};
  }});
  await sweeps.open('s1');
  expect(asked).toEqual([0, 1]);
  expect(sweeps.rows.value).toHaveLength(2);
});

test('a sweep that the server refuses says why, and the same form keeps its key until it is taken', async () => {
  let busy = true;
  const keys: string[] = [];
  const {sweeps} = fake([], {start: async (_, key) => {
    keys.push(key);
    if (busy) throw new Refusal(failure('busy', 'the server is busy. Try again in 7 s.'));
    return stateOf();
  }});
  expect(await sweeps.start(scenario, spec, files)).toBeNull();
  expect(sweeps.refused.value?.reason).toContain('7 s');
  busy = false;
  await sweeps.start(scenario, spec, files);
  await sweeps.start(scenario, spec, files);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[1]);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('a lost connection is shown until the next message, a move is not', async () => {
  const seen: boolean[] = [];
  const {sweeps} = fake([], {async *watch() {
    yield {kind: 'lost'};
    seen.push(sweeps.lost.value);
    yield {kind: 'rows', rows: [row(0)]};
    seen.push(sweeps.lost.value);
    yield {kind: 'moved'};
    seen.push(sweeps.lost.value);
  }});
  await sweeps.open('s1');
  expect(seen).toEqual([true, false, false]);
});

test('a stream that is given up leaves the sweep as the server says it is', async () => {
  const {sweeps} = fake([{kind: 'failed', failed: failure('busy', 'The connection to the server was lost.')}], {state: async () => stateOf()});
  await sweeps.open('s1');
  expect(sweeps.current.value?.state).toBe('running');
  expect(sweeps.missing.value?.reason).toContain('lost');
});

test('a sweep that nobody knows cannot be shown', async () => {
  const {sweeps} = fake([], {state: async () => Promise.reject(new Refusal(failure('invalid', 'no such sweep')))});
  await sweeps.open('s9');
  expect([sweeps.current.value, sweeps.missing.value?.reason]).toEqual([null, 'no such sweep']);
});

test('cancelling shows what the server answers, or that it did not', async () => {
  const {sweeps} = fake([], {state: async () => stateOf(), async *watch() {
    await new Promise(() => undefined);
  }});
  void sweeps.open('s1');
  await settled();
  await sweeps.cancel();
  expect(sweeps.current.value?.state).toBe('cancelled');
  const stuck = fake([], {state: async () => stateOf(), cancel: async () => Promise.reject(new Refusal(failure('busy', 'no answer'))), async *watch() {
    await new Promise(() => undefined);
  }}).sweeps;
  void stuck.open('s1');
  await settled();
  await stuck.cancel();
  expect(stuck.note.value).toBe('It could not be cancelled: no answer');
});

test('leaving one sweep for another drops what comes of the first', async () => {
  let say: () => void = () => undefined;
  const {sweeps} = fake([], {state: async (id) => stateOf({id}), async *watch(id) {
    if (id !== 's1') return;
    await new Promise<void>((resolve) => (say = resolve));
    yield {kind: 'rows', rows: [row(0)]};
  }});
  void sweeps.open('s1');
  await settled();
  await sweeps.open('s2');
  say();
  await settled();
  expect([sweeps.current.value?.id, sweeps.rows.value.length]).toEqual(['s2', 0]);
});
