// Everything that the views read and call, put together once.

import {computed, signal, useComputed} from '@preact/signals';
import type {ReadonlySignal} from '@preact/signals';
import {createContext} from 'preact';
import {useContext} from 'preact/hooks';
import type {Core, Engine, Looker, Placer, Result, Searcher} from '../engine/engine';
import type {ServerEngine} from '../engine/server';
import type {Catalog, Field, Scenario} from '../wire.gen';
import {Editor} from './editor';
import {Files} from './files';
import {Lens} from './lens';
import type {View} from './lens';
import {Linker, watchAddress} from './link';
import type {Advising} from './advise';
import type {Microscope} from './microscope';
import {Notices} from './notices';
import type {Places} from './places';
import {Runner} from './runner';
import type {Outcome} from './runner';
import {ServerRuns} from './serverrun';
import type {Sweeps} from './sweeps';

const none: readonly Field[] = []; // always the same, so that fields render only when errors change

export class Store {
  readonly editor: Editor;
  readonly lens = new Lens();
  readonly runner: Runner;
  readonly files: Files;
  readonly linker: Linker;
  readonly notices: Notices;
  readonly server: ServerRuns;
  readonly help = signal(false);
  readonly view: ReadonlySignal<View>; // that is open
  private readonly compares: ReadonlySignal<boolean>; // the open view is about the compared strategies
  readonly outcome: ReadonlySignal<Outcome | undefined>; // of the selected strategy
  readonly detail: ReadonlySignal<Outcome | undefined>; // of the selected strategy; where it has none and cannot run, the last one that was shown
  readonly shown: ReadonlySignal<Result | null>; // what the detailed results are about
  readonly errors: ReadonlySignal<readonly Field[]>; // of what is shown
  microscope: Microscope | null = null; // once its view was opened: it comes with a script of its own
  advising: Advising | null = null; // likewise, of advice
  places: Places | null = null; // likewise, of the rooflines
  sweeps: Sweeps | null = null; // likewise, of sweeps

  /** spare answers about links while engine is busy with a long run, and serves the views that compare nothing of the editor's. */
  constructor(readonly catalog: Catalog, engine: Engine & Core, readonly spare: Core & Engine & Looker & Placer, readonly remote: ServerEngine, notices: Notices, readonly searcher: () => Searcher) {
    this.notices = notices;
    this.editor = new Editor(catalog, (text) => notices.info(text), () => notices.hush());
    this.files = new Files(this.editor, engine, notices);
    this.runner = new Runner(this.editor, engine, (s) => this.files.prepare(s));
    this.linker = new Linker(this.editor, this.lens, () => (this.runner.busy.peek() ? spare : engine), notices);
    this.server = new ServerRuns(remote);
    this.view = computed(() => this.lens.aim.value.view);
    this.compares = computed(() => ['strategies', 'compare', 'roofline', 'trust'].includes(this.view.value));
    this.outcome = computed(() => this.runner.outcomes.value.get(this.runner.selected.value));
    let good: Outcome | undefined;
    this.detail = computed(() => {
      const own = this.outcome.value;
      if (own?.report) good = own;
      return own?.failed ? good : own;
    });
    this.shown = computed(() => {
      const run = this.server.run.value;
      return run?.watching ? run.report : (this.detail.value?.report ?? null);
    });
    this.errors = computed(() => (this.compares.value ? (this.outcome.value?.failed?.fields ?? none) : this.lens.errors.value));
  }

  /** What is wrong at path, or below it. */
  errorAt(path: string): string {
    const found = this.errors.value.filter((f) => f.path === path || f.path.startsWith(`${path}[`) || f.path.startsWith(`${path}.`));
    return found.map((f) => f.reason).join('; ');
  }

  /** The link to what is shown. Rejects with a Refusal. */
  async address(): Promise<string> {
    const run = this.server.run.peek();
    return run?.watching ? watchAddress(window.location.href, run.id) : this.linker.address();
  }

  /** Stops watching a run, and becomes the playground. */
  unwatch(): void {
    this.server.dismiss();
    this.linker.forgetRun();
  }

  async begin(): Promise<void> {
    await this.linker.load();
    this.runner.follow(this.compares);
    this.linker.follow();
    const run = new URLSearchParams(window.location.search).get('run');
    await this.server.detect();
    if (run !== null) void this.server.watch(run);
  }
}

export const StoreContext = createContext<Store | null>(null);

/** A part of the scenario; its reader renders only when the part changes. */
export function usePart<T>(pick: (s: Scenario) => T): T {
  const {scenario} = useStore().editor;
  return useComputed(() => pick(scenario.value)).value;
}

/** The page's store. */
export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('bug: a view outside the page');
  return store;
}
