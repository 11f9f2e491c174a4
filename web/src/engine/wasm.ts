import {Channel} from '../base/channel';
import type {AdviceAsk, Catalog, DeviceSight, Failed, InverseAsk, Look, Place, Placed, Reply, Resolved, Scenario, Short, Trace, WireRequest} from '../wire.gen';
import {Refusal, failure} from './engine';
import type {Core, Engine, Looker, Placer, RunOptions, Searcher, Update} from './engine';
import type {FromWorker, Port, ToWorker} from './protocol';

/** How long an aborted run may go on before its worker is terminated. */
const patience = 120;

/** Whether a run takes what only the module of all that core can do has: see core/system/light.go. */
function wantsAll({fidelity, machine, workload: {routing}, strategy: {home, cache, precision, attention}}: Scenario): boolean {
  const cached = cache.name !== 'none' && home !== 'gpu' && home !== 'stack';
  return fidelity === 'cycle' || routing.source === 'trace' || routing.source === 'file' || cached || precision.twins || precision.fixed_low_share > 0 || attention === 'cpu' || (machine.gpus ?? 1) > 1;
}

interface Job {
  readonly message: (id: number) => ToWorker;
  readonly hear: (m: FromWorker) => void;
  readonly fail: (f: Failed) => void;
  readonly done: () => void;
}

/**
 * Runs core in a worker, one call at a time. What waits can be dropped at once;
 * what is being computed ends only with its worker, which is replaced.
 */
export class WasmEngine implements Engine, Core, Looker, Placer, Searcher {
  readonly where = 'wasm';
  private readonly waiting: Job[] = [];
  private current: Job | null = null;
  private port: Port | null = null;
  private id = 0;

  private larger: WasmEngine | null = null;

  /** spawnFull starts a worker of all that core can do; without it spawn does. */
  constructor(private readonly spawn: () => Port, private readonly spawnFull?: () => Port, private readonly files = new Map<string, ArrayBuffer>()) {}

  /** An engine of all that core can do, of workers of its own, with the files that were attached to this one. */
  sibling(): WasmEngine {
    return new WasmEngine(this.spawnFull ?? this.spawn, undefined, this.files);
  }

  private full(): WasmEngine {
    return (this.larger ??= this.sibling());
  }

  run(scenario: Scenario, options: RunOptions, signal: AbortSignal): AsyncIterable<Update> {
    if (this.spawnFull && wantsAll(scenario)) return this.full().run(scenario, options, signal);
    return this.stream({op: 'run', scenario, spans: options.spans}, signal);
  }

  advise(scenario: Scenario, advise: AdviceAsk, signal: AbortSignal): AsyncIterable<Update> {
    return this.stream({op: 'advise', scenario, advise}, signal);
  }

  inverse(scenario: Scenario, inverse: InverseAsk, signal: AbortSignal): AsyncIterable<Update> {
    return this.stream({op: 'inverse', scenario, inverse}, signal);
  }

  private stream(request: WireRequest, signal: AbortSignal): AsyncIterable<Update> {
    const updates = new Channel<Update>();
    const job: Job = {
      message: (id) => ({kind: 'call', id, request}),
      hear: (m) => m.kind === 'update' && updates.push(m.update),
      fail: (failed) => updates.push({kind: 'failed', failed}),
      done: () => updates.close(),
    };
    this.addUntil(signal, job);
    return updates;
  }

  look(scenario: Scenario | Short, look: Look, signal: AbortSignal): Promise<DeviceSight> {
    if (this.spawnFull) return this.full().look(scenario, look, signal);
    return this.question((id) => ({kind: 'call', id, request: {op: 'look', scenario, look}}), (r) => r.sight, signal);
  }

  place(scenario: Scenario | Short, place: Place, signal: AbortSignal): Promise<Placed> {
    return this.question((id) => ({kind: 'call', id, request: {op: 'place', scenario, place}}), (r) => r.placed, signal);
  }

  catalog(): Promise<Catalog> {
    return this.ask({op: 'catalog'}, (r) => r.catalog);
  }

  resolve(scenario: Scenario | Short): Promise<Resolved> {
    return this.ask({op: 'resolve', scenario}, (r) => r.resolved);
  }

  encode(scenario: Scenario): Promise<string> {
    return this.ask({op: 'encode', scenario}, (r) => r.link);
  }

  decode(link: string): Promise<Resolved> {
    return this.ask({op: 'decode', link}, (r) => r.resolved);
  }

  model(config: unknown): Promise<Resolved> {
    return this.ask({op: 'model', config}, (r) => r.resolved);
  }

  async attach(name: string, file: ArrayBuffer): Promise<Trace> {
    if (this.spawnFull) return this.full().attach(name, file);
    const trace = await this.question((id) => ({kind: 'attach', id, name, file}), (r) => r.trace);
    this.files.set(name, file);
    return trace;
  }

  [Symbol.dispose](): void {
    this.port?.terminate();
    this.port = null;
    this.larger?.[Symbol.dispose]();
  }

  private ask<T>(request: WireRequest, pick: (r: Reply) => T | undefined): Promise<T> {
    return this.question((id) => ({kind: 'call', id, request}), pick);
  }

  private question<T>(message: (id: number) => ToWorker, pick: (r: Reply) => T | undefined, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const hear = (m: FromWorker) => {
        if (m.kind !== 'reply') return;
        const answer = pick(m.reply);
        if (answer !== undefined) resolve(answer);
        else reject(new Refusal(m.reply.failed ?? failure('internal', 'The engine gave no answer.')));
      };
      const fail = (f: Failed) => reject(new Refusal(f));
      this.addUntil(signal, {message, hear, fail, done: () => undefined});
    });
  }

  /** Adds a job that ends when the signal, if there is one, says so. */
  private addUntil(signal: AbortSignal | undefined, job: Job): void {
    if (signal?.aborted) return this.drop(job);
    signal?.addEventListener('abort', () => this.abort(job), {once: true});
    this.add(job);
  }

  private add(job: Job): void {
    this.waiting.push(job);
    this.next();
  }

  private next(): void {
    if (this.current) return;
    const job = this.waiting.shift();
    if (!job) return;
    this.current = job;
    this.open().post(job.message(++this.id));
  }

  private open(): Port {
    if (this.port) return this.port;
    const port = this.spawn();
    this.port = port;
    port.listen((m) => this.port === port && this.hear(m));
    if (!this.spawnFull) for (const [name, file] of this.files) port.post({kind: 'attach', id: 0, name, file});
    return port;
  }

  private hear(m: FromWorker): void {
    if (m.kind === 'crashed') this.restart(failure('internal', m.reason));
    else if (m.id !== this.id) return; // an answer to nobody: a file attached again
    else if (m.kind === 'done') this.finish();
    else {
      this.current?.hear(m);
      // A report is a run's last word. Whoever waits for it asks for the next run before the page renders.
      if (m.kind === 'update' && (m.update.kind === 'report' || m.update.kind === 'failed')) this.finish();
    }
  }

  private finish(): void {
    this.current?.done();
    this.current = null;
    this.next();
  }

  private abort(job: Job): void {
    const i = this.waiting.indexOf(job);
    if (i >= 0) this.waiting.splice(i, 1);
    if (i >= 0) this.drop(job);
    else if (this.current === job) setTimeout(() => this.current === job && this.restart(failure('cancelled', 'Cancelled.')), patience);
  }

  private drop(job: Job): void {
    job.fail(failure('cancelled', 'Cancelled.'));
    job.done();
  }

  private restart(why: Failed): void {
    this.port?.terminate();
    this.port = null;
    this.current?.fail(why);
    this.finish();
  }
}
