import {expect, test} from 'vitest';
import {ServerEngine} from '../src/engine/server';
import type {Net, Socket} from '../src/engine/server';
import {ServerSweeps, resultsAddress} from '../src/engine/sweeps';
import type {Message} from '../src/wire.gen';
import {scenarioOf} from './fixture';

class FakeSocket implements Socket {
  closedWith: number | null = null;
  private readonly message: ((e: {readonly data: unknown}) => void)[] = [];
  private readonly closed: (() => void)[] = [];

  constructor(readonly url: string) {}

  on(type: 'message' | 'close', hear: ((e: {readonly data: unknown}) => void) & (() => void)): void {
    (type === 'message' ? this.message : this.closed).push(hear);
  }

  close(code: number): void {
    this.closedWith = code;
    this.drop();
  }

  drop(): void {
    for (const hear of this.closed.splice(0)) hear();
  }

  say(m: unknown): void {
    for (const hear of this.message) hear({data: JSON.stringify(m)});
  }
}

function fakeNet(answer: (url: string, init?: RequestInit) => Response, play: (s: FakeSocket, n: number) => void) {
  const sockets: FakeSocket[] = [];
  const asked: string[] = [];
  const waits: number[] = [];
  const net: Net = {
    fetch: async (url, init) => {
      asked.push(`${init?.method ?? 'GET'} ${url}`);
      return answer(url, init);
    },
    connect: (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      queueMicrotask(() => play(socket, sockets.length));
      return socket;
    },
    wait: async (ms) => void waits.push(ms),
  };
  return {engine: new ServerEngine('http://x', net), sockets, asked, waits};
}

const message = (seq: number, rest: object): Message => ({v: 1, seq, ...rest}) as unknown as Message;
const progress = (seq: number) => message(seq, {kind: 'progress', progress: {done: seq, total: 9, now_ps: 0}});
const end = (seq: number) => message(seq, {kind: 'end'});
const created = () => Response.json({id: 'r1', state: 'queued', stream: '', watchers: 0});

async function kinds(updates: AsyncIterable<{readonly kind: string}>): Promise<string[]> {
  const all: string[] = [];
  for await (const u of updates) all.push(u.kind);
  return all;
}

test('a stream ends with end, after which the client closes normally', async () => {
  const {engine, sockets} = fakeNet(created, (s) => [progress(1), end(2)].forEach((m) => s.say(m)));
  expect(await kinds(engine.watch('r1', new AbortController().signal))).toEqual(['progress', 'end']);
  expect(sockets[0]?.closedWith).toBe(1000);
  expect(sockets[0]?.url).toBe('ws://x/api/v1/runs/r1/stream?from=0');
});

test('a lost connection goes on from the last message, and repeats are left out', async () => {
  const {engine, sockets} = fakeNet(created, (s, n) => {
    if (n === 1) [progress(1), progress(2)].forEach((m) => s.say(m));
    else [progress(2), progress(3), end(4)].forEach((m) => s.say(m));
    s.drop();
  });
  expect(await kinds(engine.watch('r1', new AbortController().signal))).toEqual(['progress', 'progress', 'lost', 'progress', 'end']);
  expect(sockets[1]?.url).toContain('from=2');
});

test('a server that moves is followed from the last message, after a second and without a word of loss', async () => {
  const {engine, sockets, waits} = fakeNet(created, (s, n) => {
    if (n === 1) [progress(3), message(9, {kind: 'moved'})].forEach((m) => s.say(m));
    else [progress(4), end(5)].forEach((m) => s.say(m));
  });
  expect(await kinds(engine.follow('sweeps', 's1', new AbortController().signal))).toEqual(['progress', 'moved', 'progress', 'end']);
  expect(sockets.map((s) => s.url)).toEqual(['ws://x/api/v1/sweeps/s1/stream?from=0', 'ws://x/api/v1/sweeps/s1/stream?from=3']);
  expect(sockets[0]?.closedWith).toBe(1000);
  expect(waits).toEqual([1000]);
});

test('a busy server says when to try again', async () => {
  const busy = () => Response.json({title: 'Too Many Requests', detail: 'the server is busy.'}, {status: 429, headers: {'retry-after': '12'}});
  const {engine} = fakeNet(busy, () => undefined);
  await expect(engine.start(scenarioOf({}))).rejects.toMatchObject({failed: {code: 'busy', reason: 'the server is busy. Try again in 12\u00a0s.'}});
});

test('sweeps are started once by their key, and read by the row', async () => {
  const heads: unknown[] = [];
  const {engine, asked} = fakeNet((_, init) => {
    heads.push(init?.headers);
    return Response.json({id: 's1'});
  }, () => undefined);
  const sweeps = new ServerSweeps(engine);
  await sweeps.start({scenario: scenarioOf({}), sweep: {method: 'grid', axes: []}}, 'k1');
  await sweeps.cancel('s1');
  await sweeps.rows('s1', 10, 5);
  await sweeps.list(3);
  expect(heads[0]).toMatchObject({'idempotency-key': 'k1'});
  expect(asked).toEqual(['POST http://x/api/v1/sweeps', 'DELETE http://x/api/v1/sweeps/s1', 'GET http://x/api/v1/sweeps/s1/rows?from=10&limit=5', 'GET http://x/api/v1/sweeps?limit=3']);
  expect(resultsAddress('s1', 'csv')).toBe('./api/v1/sweeps/s1/results?format=csv');
});

test('a server that never answers is given up', async () => {
  const {engine, sockets} = fakeNet(created, (s) => s.drop());
  const all = await kinds(engine.watch('r1', new AbortController().signal));
  expect(new Set(all)).toEqual(new Set(['lost', 'failed']));
  expect(all.at(-1)).toBe('failed');
  expect(sockets.length).toBeLessThan(20);
});

test('a run that the server no longer knows is given up at once', async () => {
  const {engine, sockets} = fakeNet(() => Response.json({title: 'Not Found', detail: 'no such run'}, {status: 404}), (s) => s.drop());
  expect(await kinds(engine.watch('r1', new AbortController().signal))).toEqual(['failed']);
  expect(sockets).toHaveLength(1);
});

test('a cancellation that the server refuses is an error', async () => {
  const {engine} = fakeNet(() => Response.json({title: 'Not Found', detail: 'no such run'}, {status: 404}), () => undefined);
  await expect(engine.cancel('r1')).rejects.toThrow('no such run');
});

test('aborting a run that one started cancels it on the server', async () => {
  const stop = new AbortController();
  const {engine, asked} = fakeNet(created, (s) => {
    s.say(progress(1));
    stop.abort();
  });
  await kinds(engine.run(scenarioOf({}), {spans: false}, stop.signal));
  expect(asked).toContain('DELETE http://x/api/v1/runs/r1');
});

test('aborting a watch leaves the run alone', async () => {
  const stop = new AbortController();
  const {engine, asked, sockets} = fakeNet(created, () => stop.abort());
  await kinds(engine.watch('r1', stop.signal));
  expect(asked).toEqual([]);
  expect(sockets[0]?.closedWith).toBe(1000);
});

test('a problem says which fields are wrong', async () => {
  const problem = () => Response.json({title: 'Unprocessable', detail: 'the scenario is not valid', errors: [{location: 'body.workload.batch', message: 'must be positive'}]}, {status: 422});
  const {engine} = fakeNet(problem, () => undefined);
  await expect(engine.start(scenarioOf({}))).rejects.toMatchObject({failed: {code: 'invalid', fields: [{path: 'workload.batch', reason: 'must be positive'}]}});
});

test('a host of files that answers everything with its index is no server', async () => {
  const index = () => new Response('<!doctype html>', {headers: {'content-type': 'text/html'}});
  expect(await fakeNet(index, () => undefined).engine.ready()).toBe(false);
  expect(await fakeNet(() => new Response('ok'), () => undefined).engine.ready()).toBe(true);
});
