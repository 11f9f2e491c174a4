import {expect, test} from 'vitest';
import {Refusal, failure} from '../src/engine/engine';
import type {ServerEngine} from '../src/engine/server';
import {ServerRuns} from '../src/state/serverrun';
import type {RunState} from '../src/wire.gen';
import {scenarioOf} from './fixture';

type Remote = ConstructorParameters<typeof ServerRuns>[0];

const queued: RunState = {id: 'r1', state: 'queued', title: '', model: 'm', machine: 'b', strategy: 'Ideal', stream: '', watchers: 0, engine: '0', created: ''};
const none = {ownTrace: () => undefined};
const scenario = scenarioOf({workload: {routing: {file: 'mine.csv'}}});

function fake(some: Partial<Remote>) {
  const cancelled: string[] = [];
  const remote: Remote = {
    ready: async () => true,
    start: async () => queued,
    state: async () => queued,
    cancel: async (id) => void cancelled.push(id),
    putTrace: async () => undefined,
    async *watch(): ReturnType<ServerEngine['watch']> {},
    ...some,
  };
  return {runs: new ServerRuns(remote), cancelled};
}

test('a run that is cancelled before the server named it is cancelled when it does', async () => {
  let answer: (s: RunState) => void = () => undefined;
  const {runs, cancelled} = fake({start: () => new Promise((resolve) => (answer = resolve))});
  const started = runs.start(scenario, none);
  await runs.cancel();
  expect(runs.run.value?.state).toBe('cancelled');
  expect(cancelled).toEqual([]);
  answer(queued);
  await started;
  expect(cancelled).toEqual(['r1']);
  expect(runs.run.value?.state).toBe('cancelled');
});

test('a run that is cancelled during its upload is never started', async () => {
  let starts = 0;
  const upload: Remote['putTrace'] = (_, __, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  const {runs} = fake({putTrace: upload, start: async () => (starts++, queued)});
  const started = runs.start(scenario, {ownTrace: () => new ArrayBuffer(1)});
  await runs.cancel();
  await started;
  expect([starts, runs.run.value?.state]).toEqual([0, 'cancelled']);
});

test('a cancellation that did not reach the server is said, and the run goes on', async () => {
  let end: () => void = () => undefined;
  const {runs} = fake({
    cancel: async () => Promise.reject(new Refusal(failure('busy', 'The server did not answer'))),
    async *watch(): ReturnType<ServerEngine['watch']> {
      await new Promise<void>((resolve) => (end = resolve));
    },
  });
  const started = runs.start(scenario, none);
  await new Promise((resolve) => setTimeout(resolve));
  await runs.cancel();
  expect(runs.run.value).toMatchObject({state: 'queued', note: 'It could not be cancelled: The server did not answer'});
  end();
  await started;
});

test('a lost connection is shown until the next message', async () => {
  const {runs} = fake({
    async *watch(): ReturnType<ServerEngine['watch']> {
      yield {kind: 'lost'};
      expect(runs.run.value?.lost).toBe(true);
      yield {kind: 'end'};
    },
  });
  await runs.start(scenario, none);
  expect(runs.run.value?.lost).toBe(false);
});
