// The address bar follows the scenario. The first part of the fragment is the
// engine's, "v1.…"; what follows an "&" is the page's own.

import {batch, effect, signal} from '@preact/signals';
import type {Core} from '../engine/engine';
import {milliseconds} from '../base/units';
import {reasonOf} from '../base/browser';
import type {Resolved, Scenario} from '../wire.gen';
import type {Editor} from './editor';
import {aimKeys, readAim, writeAim} from './lens';
import type {Aim, Lens, View} from './lens';
import type {Notices} from './notices';

/** How long a drag must rest before the address bar follows. */
const rest = 250;

export interface Fragment {
  readonly link: string; // "#v1.…", or empty
  readonly compared: readonly string[] | null; // null: the usual ones
  readonly aim: Aim;
}

/** Takes a fragment apart; anything it does not know is left out. */
export function parseFragment(hash: string): Fragment {
  const [link = '', ...rest] = hash.replace(/^#/, '').split('&');
  const own = rest.join('&');
  const names = new URLSearchParams(own).get('s');
  return {link: /^v\d+\./.test(link) ? `#${link}` : '', compared: names === null ? null : names.split('~').filter(Boolean), aim: readAim(own)};
}

/** Writes a fragment; the usual comparison is left out. */
export function writeFragment(link: string, compared: readonly string[], usual: readonly string[], aim: Aim): string {
  const hash = link.startsWith('#') ? link : `#${link}`;
  const some = usual.length === compared.length && usual.every((name) => compared.includes(name)) ? '' : `&s=${compared.map(encodeURIComponent).join('~')}`;
  return hash + some + writeAim(aim);
}

/** The address of the same scenario in another view. */
export function viewAddress(hash: string, aim: Aim, view: View): string {
  const own = writeAim({...aim, view});
  if (hash.length < 2) return own === '' ? './' : `?${own.slice(1)}`;
  return hash.split('&').filter((part) => !aimKeys.has(part.split('=')[0] ?? '')).join('&') + own;
}

/** The readable parameters of a query, without the page's own. */
export function readableQuery(search: string): string {
  const query = new URLSearchParams(search);
  for (const key of ['run', ...aimKeys]) query.delete(key);
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
  readonly hash = signal(''); // of the last link that was read or written
  private timer: ReturnType<typeof setTimeout> | undefined;
  private loads = 0; // only the newest takes effect

  constructor(private readonly editor: Editor, private readonly lens: Lens, private readonly core: () => Core, private readonly notices: Notices) {}

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
      this.hash.value = fragment.link && hash;
      this.lens.set(fragment.link ? fragment.aim : readAim(search), 'load');
      this.editor.replace(found?.full ?? this.editor.catalog.default, 'load', milliseconds(found?.estimate_ms ?? 0));
      this.compare(fragment); // the selected one is among them, whatever the address says
    });
  }

  /** Starts to follow the editor, the lens and the address bar. */
  follow(): void {
    let seen = this.lens.aim.peek();
    // Neither fires for what write() does; of the two for one step, the later wins.
    for (const type of ['popstate', 'hashchange']) window.addEventListener(type, () => void this.load());
    effect(() => {
      const [scenario, compared, aim] = [this.editor.scenario.value, this.editor.compared.value, this.lens.aim.value];
      const {manner} = aim === seen ? this.editor.change : this.lens;
      seen = aim;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.write(scenario, compared, aim, manner === 'pick'), manner === 'pick' ? 0 : rest);
    });
  }

  /** The whole link to what is shown. Rejects with a Refusal. */
  async address(): Promise<string> {
    const hash = await this.fragment(this.editor.scenario.peek(), this.editor.compared.peek(), this.lens.aim.peek());
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

  private async write(scenario: Scenario, compared: readonly string[], aim: Aim, push: boolean): Promise<void> {
    const turn = this.loads;
    const hash = await this.fragment(scenario, compared, aim).catch(() => null); // invalid: the last good link stays
    if (hash === null || turn !== this.loads || scenario !== this.editor.scenario.peek() || aim !== this.lens.aim.peek()) return;
    this.hash.value = hash;
    if (hash === window.location.hash) return;
    const run = new URLSearchParams(window.location.search).get('run');
    const url = `${window.location.pathname}${run === null ? '' : `?run=${encodeURIComponent(run)}`}${hash}`;
    if (push) window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
  }

  private async fragment(scenario: Scenario, compared: readonly string[], aim: Aim): Promise<string> {
    return writeFragment(await this.core().encode(scenario), compared, this.editor.usual(), aim);
  }

  private compare(fragment: Fragment): void {
    const known = this.editor.entries.map((e) => e.name).filter((name) => fragment.compared?.includes(name));
    this.editor.show(known.length > 0 ? known : this.editor.usual());
  }
}
