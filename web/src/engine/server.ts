import {Channel} from '../base/channel';
import {reasonOf} from '../base/browser';
import {wait} from '../base/format';
import {milliseconds} from '../base/units';
import type {Failed, Message, RunState, Scenario} from '../wire.gen';
import {failure, Refusal, toUpdate} from './engine';
import type {Engine, RunOptions, Update} from './engine';

/** The part of a WebSocket that a stream needs. */
export interface Socket {
  on(type: 'message', hear: (e: {readonly data: unknown}) => void): void;
  on(type: 'close', hear: () => void): void;
  close(code: number): void;
}

/** The network, replaced in tests. */
export interface Net {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  connect(url: string): Socket;
  wait(ms: number): Promise<void>;
}

/** How often a stream is opened again without one message in between: about a minute, in which a server restarts. */
const attempts = 16;

/** How long a server that leaves is given until another one answers, in milliseconds. */
const moving = 1000;

/** What the server does for long, each with a stream of messages. */
export type Streamed = 'runs' | 'sweeps';

interface Problem {
  readonly detail?: string;
  readonly title?: string;
  readonly errors?: readonly {readonly location?: string; readonly message?: string}[];
}

/** Runs scenarios on the server, and watches runs that others started. */
export class ServerEngine implements Engine {
  readonly where = 'server';
  private readonly stops = new Set<AbortController>();

  /** base is where the server's API lives, without a slash at the end. */
  constructor(private readonly base: string, private readonly net: Net = browserNet) {}

  /** Whether there is a server that is ready. */
  async ready(): Promise<boolean> {
    try {
      const answer = await this.net.fetch(`${this.base}/readyz`);
      // A static host may answer every path with its index page.
      return answer.ok && !(answer.headers.get('content-type') ?? '').includes('html');
    } catch {
      return false;
    }
  }

  /** Starts a run. Rejects with a Refusal. */
  async start(scenario: Scenario): Promise<RunState> {
    return this.ask<RunState>('/api/v1/runs', {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(scenario),
    });
  }

  state(id: string): Promise<RunState> {
    return this.ask<RunState>(`/api/v1/runs/${encodeURIComponent(id)}`);
  }

  /** Ends a run. Rejects with a Refusal. */
  async cancel(id: string): Promise<void> {
    await this.ask(`/api/v1/runs/${encodeURIComponent(id)}`, {method: 'DELETE'});
  }

  async putTrace(name: string, file: ArrayBuffer, signal: AbortSignal): Promise<void> {
    await this.ask(`/api/v1/traces?name=${encodeURIComponent(name)}`, {method: 'PUT', body: file, signal});
  }

  async *run(scenario: Scenario, _: RunOptions, signal: AbortSignal): AsyncGenerator<Update, void, void> {
    let id: string;
    try {
      ({id} = await this.start(scenario));
    } catch (e) {
      yield {kind: 'failed', failed: failedOf(e)};
      return;
    }
    const end = () => void this.cancel(id).catch(() => undefined);
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, {once: true});
    yield* this.watch(id, signal);
  }

  /** Follows a run from its beginning, over as many sockets as it takes. */
  watch(id: string, signal: AbortSignal): AsyncGenerator<Update, void, void> {
    return this.follow('runs', id, signal);
  }

  /** Follows what the server does from its beginning, over as many sockets, and servers, as it takes. */
  async *follow(of: Streamed, id: string, signal: AbortSignal): AsyncGenerator<Update, void, void> {
    let seq = 0;
    for (let failures = 0; failures < attempts && !signal.aborted; failures++) {
      if (failures > 0) await this.net.wait(Math.min(5000, 125 * 2 ** failures));
      let moved = false;
      for await (const m of this.listen(of, id, seq, signal)) {
        moved = m.kind === 'moved'; // its number is of the server that leaves alone
        if (!moved && m.seq <= seq) continue;
        if (!moved) seq = m.seq;
        failures = 0;
        const update = toUpdate(m);
        yield update;
        if (update.kind === 'end') return;
      }
      if (signal.aborted) return;
      if (moved) {
        failures = -1;
        await this.net.wait(moving);
        continue;
      }
      const gone = await this.gone(of, id);
      if (gone) return yield {kind: 'failed', failed: gone};
      yield {kind: 'lost'};
    }
    if (!signal.aborted) yield {kind: 'failed', failed: failure('busy', 'The connection to the server was lost.')};
  }

  [Symbol.dispose](): void {
    for (const stop of this.stops) stop.abort();
  }

  /** Why it is no use to connect again: the server answers, and knows no such thing. */
  private async gone(of: Streamed, id: string): Promise<Failed | null> {
    try {
      await this.ask(`/api/v1/${of}/${encodeURIComponent(id)}`);
      return null;
    } catch (e) {
      return failedOf(e).code === 'invalid' ? failure('invalid', `The server no longer knows this ${of === 'runs' ? 'run' : 'sweep'}.`) : null;
    }
  }

  private listen(of: Streamed, id: string, from: number, signal: AbortSignal): AsyncIterable<Message> {
    const messages = new Channel<Message>();
    const path = `/api/v1/${of}/${encodeURIComponent(id)}/stream?from=${from}`;
    const socket = this.net.connect(`${this.base.replace(/^http/, 'ws')}${path}`);
    const stop = new AbortController();
    this.stops.add(stop);
    const leave = () => socket.close(1000);
    for (const s of [signal, stop.signal]) s.addEventListener('abort', leave, {once: true});
    socket.on('message', (e) => {
      const message = JSON.parse(String(e.data)) as Message;
      messages.push(message);
      if (message.kind === 'end' || message.kind === 'moved') leave(); // the client closes: see core/wire
    });
    socket.on('close', () => {
      this.stops.delete(stop);
      signal.removeEventListener('abort', leave);
      messages.close();
    });
    return messages;
  }

  /** Asks the server's API. Rejects with a Refusal. */
  async ask<T>(path: string, init?: RequestInit): Promise<T> {
    let answer: Response;
    try {
      answer = await this.net.fetch(this.base + path, init);
    } catch (e) {
      throw new Refusal(failure('busy', `The server did not answer: ${reasonOf(e)}`));
    }
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw new Refusal(fromProblem(answer.status, (body ?? {}) as Problem, later(answer)));
    return body as T;
  }
}

/** When a busy server wants to be asked again, for people; empty if it does not say. */
function later(answer: Response): string {
  const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return after > 0 ? ` Try again in ${wait(milliseconds(after * 1000))}.` : '';
}

/** Reads an RFC 9457 problem. */
function fromProblem(status: number, p: Problem, later: string): Failed {
  const code = status === 429 || status === 503 ? 'busy' : status < 500 ? 'invalid' : 'internal';
  const fields = (p.errors ?? []).map((e) => ({path: (e.location ?? '').replace(/^body\.?/, ''), reason: e.message ?? ''}));
  return {code, reason: (p.detail ?? p.title ?? `HTTP ${status}`) + later, fields};
}

/** The Failed inside an error. */
export const failedOf = (e: unknown): Failed => (e instanceof Refusal ? e.failed : failure('internal', reasonOf(e)));

const browserNet: Net = {
  fetch: (url, init) => fetch(url, init),
  connect: (url) => {
    const socket = new WebSocket(url);
    return {
      on: (type: 'message' | 'close', hear: (e: MessageEvent<unknown>) => void) => socket.addEventListener(type, (e) => hear(e as MessageEvent<unknown>)),
      close: (code) => socket.close(code),
    };
  },
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
