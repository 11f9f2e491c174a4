// The address bar follows the scenario. The first part of the fragment is the
// engine's, "v1.…"; what follows an "&" is the page's own.

import {batch, effect} from '@preact/signals';
import type {Core} from '../engine/engine';
import {milliseconds} from '../base/units';
import {reasonOf} from '../base/browser';
import type {Resolved, Scenario} from '../wire.gen';
import type {Editor} from './editor';
import type {Notices} from './notices';

/** How long a drag must rest before the address bar follows. */
const rest = 250;

export interface Fragment {
  readonly link: string; // "#v1.…", or empty
  readonly compared: readonly string[] | null; // null: all
}

/** Takes a fragment apart; anything it does not know is left out. */
export function parseFragment(hash: string): Fragment {
  const [link = '', ...rest] = hash.replace(/^#/, '').split('&');
  const names = new URLSearchParams(rest.join('&')).get('s');
  return {link: /^v\d+\./.test(link) ? `#${link}` : '', compared: names === null ? null : names.split('~').filter(Boolean)};
}

/** Writes a fragment; a comparison of everything is left out. */
export function writeFragment(link: string, compared: readonly string[], all: readonly string[]): string {
  const hash = link.startsWith('#') ? link : `#${link}`;
  if (all.every((name) => compared.includes(name))) return hash;
  return `${hash}&s=${compared.map(encodeURIComponent).join('~')}`;
}

/** The readable parameters of a query, without the page's own. */
export function readableQuery(search: string): string {
  const query = new URLSearchParams(search);
  query.delete('run');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The address of a page that watches a run on the server. */
export function watchAddress(href: string, id: string): string {
  const url = new URL(href);
  url.search = `?run=${encodeURIComponent(id)}`;
  return url.href;
}

/** Keeps the address bar and the editor in step. */
export class Linker {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private loads = 0; // only the newest takes effect

  constructor(private readonly editor: Editor, private readonly core: () => Core, private readonly notices: Notices) {}

  /** Takes the scenario that the address names, if it names one. */
  async load(): Promise<void> {
    const turn = ++this.loads;
    clearTimeout(this.timer);
    const {hash, search} = window.location;
    const fragment = parseFragment(hash);
    const link = fragment.link || readableQuery(search);
    if (hash.length > 1 && !fragment.link) this.unreadable('it does not start with “#v1.”');
    const found = link === '' ? null : await this.decode(link);
    if (turn !== this.loads) return;
    for (const w of found?.warnings ?? []) this.notices.warn(w.text);
    batch(() => {
      this.compare(fragment);
      this.editor.replace(found?.full ?? this.editor.catalog.default, 'load', milliseconds(found?.estimate_ms ?? 0));
    });
  }

  /** Starts to follow the editor and the address bar. */
  follow(): void {
    // Neither fires for what write() does; of the two for one step, the later wins.
    for (const type of ['popstate', 'hashchange']) window.addEventListener(type, () => void this.load());
    effect(() => {
      const [scenario, compared] = [this.editor.scenario.value, this.editor.compared.value];
      const {manner} = this.editor.change;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.write(scenario, compared, manner === 'pick'), manner === 'pick' ? 0 : rest);
    });
  }

  /** The whole link to what is shown. Rejects with a Refusal. */
  async address(): Promise<string> {
    const hash = await this.fragment(this.editor.scenario.peek(), this.editor.compared.peek());
    return `${window.location.origin}${window.location.pathname}${hash}`;
  }

  /** Takes the watched run out of the address. */
  forgetRun(): void {
    window.history.replaceState(null, '', `${window.location.pathname}${window.location.hash}`);
  }

  private async decode(link: string): Promise<Resolved | null> {
    try {
      return await this.core().decode(link);
    } catch (e) {
      this.unreadable(reasonOf(e));
      return null;
    }
  }

  private unreadable(reason: string): void {
    this.notices.warn(`This link could not be read: ${reason}. The defaults are shown instead.`);
  }

  private async write(scenario: Scenario, compared: readonly string[], push: boolean): Promise<void> {
    const turn = this.loads;
    const hash = await this.fragment(scenario, compared).catch(() => null); // invalid: the last good link stays
    if (hash === null || turn !== this.loads || scenario !== this.editor.scenario.peek() || hash === window.location.hash) return;
    const run = new URLSearchParams(window.location.search).get('run');
    const url = `${window.location.pathname}${run === null ? '' : `?run=${encodeURIComponent(run)}`}${hash}`;
    if (push) window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
  }

  private async fragment(scenario: Scenario, compared: readonly string[]): Promise<string> {
    return writeFragment(await this.core().encode(scenario), compared, this.editor.entries.map((e) => e.name));
  }

  private compare(fragment: Fragment): void {
    const all = this.editor.entries.map((e) => e.name);
    const known = all.filter((name) => fragment.compared?.includes(name) ?? true);
    this.editor.compared.value = known.length > 0 ? known : all;
  }
}
