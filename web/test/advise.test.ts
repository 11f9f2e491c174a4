import {expect, test} from 'vitest';
import type {Searcher, Update} from '../src/engine/engine';
import {failure} from '../src/engine/engine';
import {Seeker, askOf, frontOf, goalOf, keyOf, usualForm, usualGoal, wrong} from '../src/state/advise';
import type {AdviceForm} from '../src/state/advise';
import {explained, shiftsOf, signed} from '../src/state/compare';
import {picoseconds} from '../src/base/units';
import type {Advice, AdviceAsk, Candidate, Progress, Resource} from '../src/wire.gen';
import {scenarioOf} from './fixture';

const limited = (some: Partial<AdviceForm['limits']>): AdviceForm => ({...usualForm, limits: {...usualForm.limits, ...some}});

test('limits are asked for in the engine’s units, and only as numbers above 0', () => {
  expect(askOf(limited({latency: '200', gpu: '24', energy: '0.5'}))).toMatchObject({latency_ps: 200e9, energy_per_token_pj: 0.5e9, memory: {gpu_bytes: 24e9}, tokens_per_second: 0});
  expect(askOf(limited({tpot: 'soon'}))).toBeNull();
  expect(['', '1e-3', '-1', 'x', '0'].map(wrong)).toEqual(['', '', 'must be a number above 0', 'must be a number above 0', 'must be a number above 0']);
});

test('a goal has a target but for what fits', () => {
  expect(goalOf(usualGoal)).toEqual({vary: usualGoal.vary, metric: 'speedup', target: 3, over: 'GPU+PM'});
  expect(goalOf({...usualGoal, metric: 'latency', target: '5'})).toEqual({vary: usualGoal.vary, metric: 'latency', target: 5e9});
  expect(goalOf({...usualGoal, metric: 'fits', target: ''})).toEqual({vary: usualGoal.vary, metric: 'fits'});
  expect(goalOf({...usualGoal, target: ''})).toBeNull();
});

const candidate = (title: string, latency: number, throughput: number) => ({title, latency_ps: latency, tokens_per_second: throughput}) as unknown as Candidate;

test('the front of two figures holds what nothing beats in both, more tokens being better', () => {
  const rows = [candidate('slow', 9, 5), candidate('fast', 1, 1), candidate('beaten', 9, 4), candidate('middle', 4, 3)];
  expect(frontOf(rows, 'latency', 'throughput').map((r) => r.title)).toEqual(['fast', 'middle', 'slow']);
});

/** Says what it is told to. */
class FakeSearcher implements Searcher {
  disposed = 0;
  constructor(private readonly says: readonly Update[]) {}
  async *advise(): AsyncIterable<Update> {
    for (const u of this.says) {
      await Promise.resolve();
      yield u;
    }
  }
  inverse = () => this.advise();
  [Symbol.dispose](): void {
    this.disposed++;
  }
}

const progress: Progress = {done: 1, total: 4, now_ps: picoseconds(0)};
const advice = {objective: 'latency', rows: [], why: ['x'], baseline: -1, looked: 0, left: [], resources: []} as Advice;
const seekerOf = (searcher: Searcher) => new Seeker<AdviceAsk, Advice>(() => searcher, () => null, (on, s, ask, stop) => on.advise(s, ask, stop), (u) => (u.kind === 'advice' ? u.advice : null));
const scenario = scenarioOf({title: 'a'});
const ask: AdviceAsk = {objective: 'latency', allow: []};

test('an answer ends a search, and its worker', async () => {
  const searcher = new FakeSearcher([{kind: 'progress', progress}, {kind: 'advice', advice}]);
  const seeker = seekerOf(searcher);
  await seeker.ask(scenario, ask);
  expect(seeker.answer.value?.value).toBe(advice);
  expect(seeker.phase.value).toEqual({kind: 'rest'});
  expect(searcher.disposed).toBe(1);
});

test('a failure keeps the last answer, and so does silence', async () => {
  for (const says of [[{kind: 'failed', failed: failure('internal', 'no')}], []] as const) {
    const seeker = seekerOf(new FakeSearcher(says));
    seeker.answer.value = {key: 'k', value: advice};
    await seeker.ask(scenario, ask);
    expect(seeker.phase.value.kind).toBe('failed');
    expect(seeker.answer.value?.value).toBe(advice);
  }
});

test('a cancelled search says so and shows nothing that comes later', async () => {
  const seeker = seekerOf(new FakeSearcher([{kind: 'progress', progress}, {kind: 'advice', advice}]));
  const asked = seeker.ask(scenario, ask);
  seeker.cancel();
  await asked;
  expect(seeker.phase.value).toEqual({kind: 'cancelled'});
  expect(seeker.answer.value).toBeNull();
});

const run = (latency: number, critical: Readonly<Record<string, number>>) => ({
  latency_ps: picoseconds(latency), resources: Object.entries(critical).map(([name, t]) => ({name, busy_ps: 0, critical_ps: t, bytes: 0}) as unknown as Resource),
});

test('the difference of two runs is told by resource, the largest first, and sums', () => {
  const [a, b] = [run(40e9, {gpu: 10e9, ndp: 30e9}), run(100e9, {gpu: 10e9, link_in: 90e9})];
  const shifts = shiftsOf(a, b);
  expect(shifts.map((s) => [s.resource, s.by])).toEqual([['link_in', -90e9], ['ndp', 30e9]]);
  expect(shifts.reduce((sum, s) => sum + s.by, 0)).toBe(-60e9);
  expect(explained(a, b, 'B')).toMatch(/^2\.50 times faster than B: it waits 90\.0.ms less for the link to the GPU, 30\.0.ms more for the NDP core\.$/);
  expect(explained(b, b, 'B')).toBe('Takes exactly as long as B.');
  expect([signed(picoseconds(-5e9)), signed(picoseconds(0))].map((t) => t.replace('\u00a0', ' '))).toEqual(['−5.00 ms', '0']);
});

test('an answer is of its scenario and of what was asked, and the title is neither', () => {
  const key = keyOf(scenario, askOf(usualForm));
  expect(keyOf(scenarioOf({title: 'b'}), askOf(usualForm))).toBe(key);
  expect(keyOf(scenario, askOf(limited({latency: '5'})))).not.toBe(key);
  expect(keyOf(scenario, askOf({...usualForm, allow: []}))).not.toBe(key);
  expect(keyOf(scenario, goalOf({...usualGoal, target: '4'}))).not.toBe(keyOf(scenario, goalOf(usualGoal)));
});
