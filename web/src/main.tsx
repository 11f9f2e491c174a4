import {render} from 'preact';
import {compile, spawnWorker} from './engine/spawn';
import {ServerEngine} from './engine/server';
import {WasmEngine} from './engine/wasm';
import {reasonOf} from './base/browser';
import {Notices} from './state/notices';
import {loading, unloadable} from './state/progress';
import {publishStats} from './state/stats';
import {Store, StoreContext} from './state/store';
import {restoreTheme} from './state/theme';
import {App} from './view/App';
import {Broken} from './view/Broken';

declare const __WASM_URL__: string;
declare const __FULL_URL__: string;

const here = (path: string) => new URL(path, document.baseURI).href;

async function fetchFull(): Promise<WebAssembly.Module> {
  loading.value = true;
  try {
    return await compile(here(__FULL_URL__));
  } finally {
    loading.value = false;
  }
}

async function main(root: HTMLElement): Promise<void> {
  restoreTheme();
  publishStats();
  const module = compile(here(__WASM_URL__));
  let whole: Promise<WebAssembly.Module> | undefined; // all of core, once somebody asks for what the first module leaves out
  const full = () => (whole ??= fetchFull().catch(() => {
    whole = undefined; // the next run tries again
    throw new Error(unloadable);
  }));
  const spawn = () => spawnWorker(module);
  const spawnFull = () => spawnWorker(full());
  const [engine, spare] = [new WasmEngine(spawn, spawnFull), new WasmEngine(spawn, spawnFull)]; // a worker starts with its first call
  const server = new ServerEngine(here('.').replace(/\/$/, ''));
  const store = new Store(await engine.catalog(), engine, spare, server, new Notices(), () => engine.sibling());
  root.replaceChildren();
  render(<StoreContext.Provider value={store}><App /></StoreContext.Provider>, root);
  await store.begin();
}

const root = document.getElementById('app');
if (!root) throw new Error('bug: the page has no #app');
main(root).catch((e: unknown) => {
  root.replaceChildren();
  render(<Broken reason={reasonOf(e)} />, root);
});
