import {useState} from 'preact/hooks';
import {copy, download} from '../base/browser';
import {headline} from '../state/headline';
import type {Headline} from '../state/headline';
import {nextTheme, theme} from '../state/theme';
import type {Theme} from '../state/theme';
import {useStore} from '../state/store';
import type {Store} from '../state/store';

/** Links longer than this are cut by some programs. */
const longLink = 2000;

const waiting: Headline = {tone: 'plain', text: 'Simulating…'};

/** What the page is, what the current result means, and what one can do with it. */
export function Header() {
  const store = useStore();
  const watching = store.server.run.value?.watching;
  const outcomes = store.runner.outcomes.value;
  const complete = store.editor.compared.value.every((name) => outcomes.has(name));
  const {tone, text} = complete ? headline(outcomes) : waiting;
  return (
    <header class="head">
      <div class="brand">
        <h1>MoNDE Playground</h1>
        <p>Where should each expert of a Mixture-of-Experts model live, and where should it be computed?</p>
      </div>
      <Actions />
      {!watching && (
        <p class={`verdict ${tone}${store.runner.stale.value ? ' stale' : ''}`} aria-live="polite">
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
  const [said, setSaid] = useState('');
  const copyLink = async () => {
    const outcome = await linkText(store);
    setSaid(outcome);
    setTimeout(() => setSaid(''), 4000);
  };
  return (
    <div class="actions">
      <span class="said" role="status">{said}</span>
      <button type="button" onClick={() => void copyLink()}>Copy link</button>
      <details class="menu" onKeyDown={(e) => e.key === 'Escape' && e.currentTarget.removeAttribute('open')}>
        <summary>Export</summary>
        <Exports />
      </details>
      <button type="button" class="icon" onClick={nextTheme} aria-label={`Colours: ${themeNames[theme.value]}. Change`}>
        <span aria-hidden="true">{themeSigns[theme.value]}</span>
      </button>
      <button type="button" class="icon" onClick={() => (store.help.value = true)} aria-label="Help and keys">
        <span aria-hidden="true">?</span>
      </button>
    </div>
  );
}

async function linkText(store: Store): Promise<string> {
  const link = await store.linker.address().catch(() => null);
  if (link === null) return 'Mend the marked values first.';
  if (!(await copy(link))) return 'Copy it from the address bar.';
  return link.length > longLink ? `Copied; ${link.length} characters, which some programs cut.` : 'Copied.';
}

function Exports() {
  const store = useStore();
  const save = (what: unknown, name: string) => download(name, JSON.stringify(what, null, 2));
  const report = store.shown.value;
  return (
    <div class="menu-items" onClick={(e) => e.currentTarget.closest('details')?.removeAttribute('open')}>
      <button type="button" onClick={() => save(store.editor.scenario.peek(), 'scenario.json')}>Scenario (JSON)</button>
      <button type="button" disabled={!report} onClick={() => report && save({...report, timeline: undefined}, 'report.json')}>Report (JSON)</button>
      <button type="button" disabled={!report} onClick={() => report && void saveTrace(report)}>Timeline (Chrome trace)</button>
    </div>
  );
}

async function saveTrace(report: NonNullable<Store['shown']['value']>): Promise<void> {
  const {chromeTrace} = await import('../state/trace');
  download('timeline.json', JSON.stringify(chromeTrace(report)));
}
