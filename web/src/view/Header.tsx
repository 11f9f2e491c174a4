import type {ComponentChildren} from 'preact';
import {useEffect, useRef} from 'preact/hooks';
import {download} from '../base/browser';
import {wait} from '../base/format';
import {headline} from '../state/headline';
import type {Headline} from '../state/headline';
import {nextTheme, theme} from '../state/theme';
import type {Theme} from '../state/theme';
import {useStore} from '../state/store';
import type {Store} from '../state/store';
import {chromeTrace} from '../state/trace';
import {CopyLink} from './CopyLink';
import {Views} from './Views';

const plainly = (text: string): Headline => ({tone: 'plain', text});

/** What the comparison means; where it is not complete, why not. */
function verdict({runner, editor}: Store): Headline {
  const {outcomes} = runner.comparison.value;
  const pause = runner.pause.value;
  if (pause?.kind === 'held') return plainly(`Not simulated yet: this takes about ${wait(pause.cost)}.`);
  if (editor.compared.value.every((name) => outcomes.has(name))) return headline(outcomes);
  return plainly(pause ? 'Cancelled before every strategy was simulated.' : 'Simulating…');
}

/** What the page is, what the current result means, and what one can do with it. */
export function Header() {
  const store = useStore();
  const watching = store.server.run.value?.watching;
  const {tone, text} = verdict(store);
  return (
    <header class="head">
      <div class="brand">
        <h1>MoNDE Playground</h1>
        <p>Where should each expert of a Mixture-of-Experts model live, and where should it be computed?</p>
      </div>
      <Actions />
      {!watching && <Views />}
      {!watching && store.view.value === 'strategies' && (
        <p class={`verdict ${tone}${store.runner.comparison.value.stale ? ' stale' : ''}`} aria-live="polite">
          {text}
        </p>
      )}
    </header>
  );
}

const themeNames: Readonly<Record<Theme, string>> = {system: 'as the system', light: 'light', dark: 'dark'};
const themeSigns: Readonly<Record<Theme, string>> = {system: '◐', light: '☀', dark: '☾'};

function Actions() {
  const store = useStore();
  return (
    <div class="actions">
      <CopyLink label="Copy link" link={() => store.address()} />
      <Menu title="Export"><Exports /></Menu>
      <button type="button" class="icon" onClick={nextTheme} aria-label={`Colours: ${themeNames[theme.value]}. Change`}>
        <span aria-hidden="true">{themeSigns[theme.value]}</span>
      </button>
      <button type="button" class="icon" onClick={() => (store.help.value = true)} aria-label="Help and keys">
        <span aria-hidden="true">?</span>
      </button>
    </div>
  );
}

/** A menu that closes when it is left. */
function Menu({title, children}: {readonly title: string; readonly children: ComponentChildren}) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => menu.current?.removeAttribute('open');
  useEffect(() => {
    const press = (e: PointerEvent) => e.target instanceof Node && !menu.current?.contains(e.target) && close();
    document.addEventListener('pointerdown', press);
    return () => document.removeEventListener('pointerdown', press);
  }, []);
  const leave = (e: FocusEvent) => e.relatedTarget instanceof Node && !menu.current?.contains(e.relatedTarget) && close();
  const escape = (e: KeyboardEvent) => {
    if (e.key !== 'Escape') return;
    close();
    menu.current?.querySelector('summary')?.focus();
  };
  return (
    <details class="menu" ref={menu} onFocusOut={leave} onKeyDown={escape}>
      <summary>{title}</summary>
      <div class="menu-items" onClick={close}>{children}</div>
    </details>
  );
}

function Exports() {
  const store = useStore();
  const save = (what: unknown, name: string) => download(name, JSON.stringify(what, null, 2));
  const report = store.shown.value;
  return (
    <>
      <button type="button" onClick={() => save(store.editor.scenario.peek(), 'scenario.json')}>Scenario (JSON)</button>
      <button type="button" disabled={!report} onClick={() => report && save({...report, timeline: undefined}, 'report.json')}>Report (JSON)</button>
      <button type="button" disabled={!report} onClick={() => report && download('timeline.json', JSON.stringify(chromeTrace(report)))}>Timeline (Chrome trace)</button>
    </>
  );
}
