import {beforeEach, expect, test} from 'vitest';
import type {Placer} from '../src/engine/engine';
import {Refusal, failure} from '../src/engine/engine';
import {Places, most} from '../src/state/places';
import type {Place, Placed, Scenario, Short} from '../src/wire.gen';
import {placedOf} from './figures';
import {scenarioOf} from './fixture';

/** Answers at once, or when the test says so; the crossover is at 10. */
class FakePlacer implements Placer {
  readonly asked: (readonly number[])[] = [];
  scenarios: (Scenario | Short)[] = [];
  hold = false;
  refuse = false;
  private release: (() => void)[] = [];

  async place(scenario: Scenario | Short, {tokens}: Place): Promise<Placed> {
    this.asked.push(tokens);
    this.scenarios.push(scenario);
    if (this.hold) await new Promise<void>((resolve) => this.release.push(resolve));
    if (this.refuse) throw new Refusal({...failure('invalid', ''), fields: [{path: 'machine.link', reason: 'is too slow'}]});
    return placedOf(tokens, {crossover: 10});
  }

  async answer(): Promise<void> {
    for (const go of this.release.splice(0)) go();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const scenario = (link: number, batch = 4) => scenarioOf({title: 'x', machine: {link: {latency_ps: link}}, workload: {batch, scope: 'model'}});

let placer: FakePlacer;
let places: Places;

beforeEach(() => {
  placer = new FakePlacer();
  places = new Places(placer);
});

test('the crossover says what else is to be seen: both are asked for before anything is shown', async () => {
  await places.want(scenario(1), (cross) => (cross === null ? [1, 4] : [1, 4, cross]));
  expect(placer.asked).toEqual([[1, 4], [10]]);
  expect([...(places.seen.value?.at.keys() ?? [])]).toEqual([1, 4, 10]);
  expect(places.seen.value?.crossover).toBe(10);
});

test('what is known is not asked for again, nor when only the workload differs', async () => {
  await places.want(scenario(1), () => [1, 4]);
  await places.want(scenario(1, 8), () => [4, 5, 5]);
  expect(placer.asked).toEqual([[1, 4], [5]]);
  await places.want(scenario(2), () => [4]);
  expect(placer.asked.at(-1)).toEqual([4]);
  expect([...(places.seen.value?.at.keys() ?? [])]).toEqual([4]);
});

test('more numbers than an answer holds are asked for one answer after another', async () => {
  await places.want(scenario(1), () => Array.from({length: most + 3}, (_, i) => i + 1));
  expect(placer.asked.map((a) => a.length)).toEqual([most, 3]);
  expect(places.seen.value?.at.size).toBe(most + 3);
});

test('older figures stay until newer ones are complete, and an overtaken question changes nothing', async () => {
  await places.want(scenario(1), () => [1]);
  const first = places.seen.value;
  placer.hold = true;
  void places.want(scenario(2), () => [1]);
  void places.want(scenario(3), () => [2]);
  expect(places.seen.value).toBe(first);
  await placer.answer();
  expect([...(places.seen.value?.at.keys() ?? [])]).toEqual([2]);
  expect(placer.scenarios.at(-1)).toMatchObject({title: '', machine: {link: {latency_ps: 3}}});
});

test('a refusal is told, keeps what was seen, and is forgotten with the next answer', async () => {
  await places.want(scenario(1), () => [1]);
  placer.refuse = true;
  await places.want(scenario(2), () => [1]);
  expect(places.failed.value?.fields).toEqual([{path: 'machine.link', reason: 'is too slow'}]);
  expect(places.seen.value?.at.has(1)).toBe(true);
  placer.refuse = false;
  await places.want(scenario(2), () => [1]);
  expect(places.failed.value).toBeNull();
});

test('nothing is shown of a question that was stopped', async () => {
  placer.hold = true;
  void places.want(scenario(1), () => [1]);
  places.stop();
  await placer.answer();
  expect([places.seen.value, places.failed.value]).toEqual([null, null]);
});
