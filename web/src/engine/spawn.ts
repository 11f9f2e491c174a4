// The worker's script is a part of the page's, and starts from there: cancelling a run
// must work when the server is gone.
import SimulatorWorker from '../worker/worker.ts?worker&inline';
import type {FromWorker, Port} from './protocol';
import {reasonOf} from '../base/browser';

/** Compiles core once; every worker instantiates the same module. */
export async function compile(url: string): Promise<WebAssembly.Module> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
  if (answer.headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(answer);
  return WebAssembly.compile(await answer.arrayBuffer());
}

/** Starts a worker, and gives it the module as soon as it is compiled. */
export function spawnWorker(module: Promise<WebAssembly.Module>): Port {
  const worker = new SimulatorWorker();
  let hear: (m: FromWorker) => void = () => undefined;
  const crash = (reason: string) => hear({kind: 'crashed', reason});
  worker.onmessage = (e: MessageEvent<FromWorker>) => hear(e.data);
  worker.onerror = (e) => crash(e.message || 'The worker did not load.');
  const started = module.then((m) => worker.postMessage({kind: 'start', module: m}));
  started.catch((e: unknown) => crash(reasonOf(e)));
  return {
    post: (m) => void started.then(() => worker.postMessage(m), () => undefined),
    listen: (h) => (hear = h),
    terminate: () => worker.terminate(),
  };
}
