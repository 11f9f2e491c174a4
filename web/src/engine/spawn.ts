import type {FromWorker, Port} from './protocol';
import {reasonOf} from '../base/browser';

/** Where the parts of the simulator are, with a hash of their content. */
export interface Urls {
  readonly wasm: string;
  readonly exec: string;
}

/** Compiles core once; every worker instantiates the same module. */
export async function compile(url: string): Promise<WebAssembly.Module> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
  if (answer.headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(answer);
  return WebAssembly.compile(await answer.arrayBuffer());
}

/** Starts a worker, and gives it the module as soon as it is compiled. */
export function spawnWorker(module: Promise<WebAssembly.Module>, exec: string): Port {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), {type: 'module'});
  let hear: (m: FromWorker) => void = () => undefined;
  const crash = (reason: string) => hear({kind: 'crashed', reason});
  worker.onmessage = (e: MessageEvent<FromWorker>) => hear(e.data);
  worker.onerror = (e) => crash(e.message || 'The worker did not load.');
  const started = module.then((m) => worker.postMessage({kind: 'start', module: m, exec}));
  started.catch((e: unknown) => crash(reasonOf(e)));
  return {
    post: (m) => void started.then(() => worker.postMessage(m), () => undefined),
    listen: (h) => (hear = h),
    terminate: () => worker.terminate(),
  };
}
