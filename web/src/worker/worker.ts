// The worker's thread: holds Go's runtime, starts core, and passes calls on. A call
// blocks this thread until it is done; the page cancels by terminating it.

import '@go/wasm_exec'; // a part of this file, so that a new worker needs no network
import {toUpdate, transferable} from '../engine/engine';
import type {FromWorker, ToWorker} from '../engine/protocol';
import {unreachable} from '../base/unreachable';
import type {Message, Reply, WireRequest} from '../wire.gen';

interface Monde {
  readonly version: string;
  call(request: Uint8Array, emit: (answer: Uint8Array) => void): void;
  attach(name: string, file: Uint8Array): Uint8Array;
}

interface GoRuntime {
  readonly importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance): Promise<void>;
}

declare const self: typeof globalThis & {
  Go: new () => GoRuntime;
  monde?: Monde;
  postMessage(message: FromWorker, transfer?: ArrayBufferLike[]): void;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const post = (message: FromWorker, transfer: ArrayBufferLike[] = []) => self.postMessage(message, transfer);
const parse = <T>(bytes: Uint8Array) => JSON.parse(decoder.decode(bytes)) as T;

let ready: Promise<Monde> | undefined;

async function start(module: WebAssembly.Module): Promise<Monde> {
  const go = new self.Go();
  const instance = await WebAssembly.instantiate(module, go.importObject);
  void go.run(instance).then(() => post({kind: 'crashed', reason: 'The simulator stopped.'}));
  if (!self.monde) throw new Error('The simulator did not start.');
  return self.monde;
}

/** What is answered by a stream of messages. */
const streamed: ReadonlySet<string> = new Set(['run', 'advise', 'inverse']);

function call(monde: Monde, id: number, request: WireRequest): void {
  monde.call(encoder.encode(JSON.stringify(request)), (answer) => {
    if (!streamed.has(request.op)) return post({kind: 'reply', id, reply: parse<Reply>(answer)});
    const update = toUpdate(parse<Message>(answer));
    post({kind: 'update', id, update}, transferable(update));
  });
  post({kind: 'done', id});
}

function attach(monde: Monde, id: number, name: string, file: ArrayBuffer): void {
  post({kind: 'reply', id, reply: parse<Reply>(monde.attach(name, new Uint8Array(file)))});
  post({kind: 'done', id});
}

async function hear(message: ToWorker): Promise<void> {
  if (message.kind === 'start') {
    ready = start(message.module);
    await ready;
    return;
  }
  const monde = await ready;
  if (!monde) throw new Error('The simulator was called before it started.');
  if (message.kind === 'call') call(monde, message.id, message.request);
  else if (message.kind === 'attach') attach(monde, message.id, message.name, message.file);
  else unreachable(message);
}

addEventListener('message', (event: MessageEvent<ToWorker>) => {
  hear(event.data).catch((e: unknown) => post({kind: 'crashed', reason: String(e)}));
});
