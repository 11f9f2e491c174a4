import {beforeEach, expect, test, vi} from 'vitest';
import type {Core} from '../src/engine/engine';
import {Editor} from '../src/state/editor';
import {Lens} from '../src/state/lens';
import {Linker} from '../src/state/link';
import {Notices} from '../src/state/notices';
import type {Catalog, Resolved, Scenario} from '../src/wire.gen';

const catalog = {
  default: {seed: 0, strategy: {name: 'Ideal'}},
  strategies: [{name: 'Ideal', title: 'Ideal', text: '', source: '', badges: [], usual: true, value: {name: 'Ideal'}}],
} as unknown as Catalog;

/** A window with a history; a seed is its own link. */
class FakeWindow extends EventTarget {
  readonly location = {hash: '', search: '', pathname: '/', origin: 'http://x'};
  private readonly steps = [''];
  private step = 0;
  readonly history = {
    pushState: (_: null, __: string, url: string) => {
      this.steps.splice(++this.step, Infinity, url.slice(1));
      this.location.hash = url.slice(1);
    },
    replaceState: (_: null, __: string, url: string) => {
      this.steps[this.step] = this.location.hash = url.slice(1);
    },
  };

  go(by: number): void {
    this.location.hash = this.steps[(this.step += by)] ?? '';
    for (const type of ['popstate', 'hashchange']) this.dispatchEvent(new Event(type));
  }
}

const core = {
  encode: async (s: Scenario) => `#v1.${s.seed}`,
  decode: async (link: string): Promise<Resolved> => ({full: {...catalog.default, seed: Number(link.slice(4))}, short: {}, warnings: [], estimate_ms: 700}),
} as unknown as Core;

let page: FakeWindow;
let editor: Editor;
let lens: Lens;
let linker: Linker;

beforeEach(async () => {
  page = new FakeWindow();
  vi.stubGlobal('window', page);
  editor = new Editor(catalog);
  lens = new Lens();
  linker = new Linker(editor, lens, () => core, new Notices());
  await linker.load();
  linker.follow();
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

async function pick(seed: number): Promise<void> {
  editor.set('seed', seed, 'pick');
  await settled();
}

async function go(by: number): Promise<number> {
  page.go(by);
  await settled();
  return editor.scenario.peek().seed;
}

test('back and forward load what the page itself wrote', async () => {
  await pick(1);
  await pick(2);
  expect(page.location.hash).toBe('#v1.2');
  expect(await go(-1)).toBe(1);
  expect(await go(1)).toBe(2);
  expect(await go(-2)).toBe(0);
  expect(await go(2)).toBe(2);
});

test('a step in the history changes the scenario once, and says what a run of it costs', async () => {
  await pick(1);
  await pick(2);
  const seen: number[] = [];
  const stop = editor.scenario.subscribe((s) => seen.push(s.seed));
  await go(-1);
  stop();
  expect(seen).toEqual([2, 1]);
  expect(editor.change).toMatchObject({manner: 'load', estimate: 700});
});

test('opening the microscope is a step in the history, and moving its window is none', async () => {
  lens.set({view: 'device'}, 'pick');
  await settled();
  expect(page.location.hash).toBe('#v1.0&view=device');
  lens.set({from: 12.6, clocks: 300}, 'slide');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(page.location.hash).toBe('#v1.0&view=device&from=13&clocks=300');
  await go(-1);
  expect(lens.aim.peek().view).toBe('strategies');
  await go(1);
  expect(lens.aim.peek()).toMatchObject({view: 'device', from: 13, clocks: 300});
});

test('a change of the scenario keeps what the microscope points at in the link', async () => {
  lens.set({view: 'device', tokens: 16, pmove: true}, 'pick');
  await settled();
  await pick(3);
  expect(page.location.hash).toBe('#v1.3&view=device&tokens=16&pmove=1');
  expect(linker.hash.value).toBe(page.location.hash);
});
