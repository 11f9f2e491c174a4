import {useEffect, useState} from 'preact/hooks';
import {useStore} from '../state/store';
import {Controls} from './Controls';
import {Header} from './Header';
import {HelpView} from './HelpView';
import {LazyView} from './LazyView';
import {NoticeList} from './NoticeList';
import {Results} from './Results';

/** The page. */
export function App() {
  const store = useStore();
  const watching = store.server.run.value?.watching ?? false;
  const view = watching ? 'strategies' : store.view.value;
  useHelpKey(() => (store.help.value = true));
  return (
    <div class={watching ? 'page watching' : 'page'}>
      <a class="skip" href="#results" onClick={skip}>Skip to the results</a>
      <Header />
      <NoticeList />
      {view !== 'strategies' && <LazyView key={view} of={view} />}
      {view === 'strategies' && !watching && <Controls />}
      {view === 'strategies' && <Results />}
      <footer class="foot">
        <p>{watching ? 'What is shown was computed on the server.' : `Simulated with engine ${store.catalog.engine}. Everything is computed in this page; nothing leaves it unless you run on the server.`}</p>
      </footer>
      {store.help.value && <HelpView />}
      <DropZone />
    </div>
  );
}

/** The fragment holds the scenario, so the skip link moves the focus itself. */
function skip(e: Event): void {
  e.preventDefault();
  document.getElementById('results')?.focus();
}

function useHelpKey(open: () => void): void {
  useEffect(() => {
    const hear = (e: KeyboardEvent) => {
      const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
      if (e.key === '?' && !typing) open();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);
}

/** Takes files that are dropped anywhere on the page. */
function DropZone() {
  const {files} = useStore();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const drag = (e: DragEvent) => {
      if (!e.dataTransfer?.types.includes('Files')) return;
      e.preventDefault();
      setOver(e.type !== 'drop');
      if (e.type === 'drop') for (const file of e.dataTransfer.files) void files.take(file);
    };
    for (const type of ['dragover', 'drop'] as const) addEventListener(type, drag, {signal: stop.signal});
    addEventListener('dragleave', (e) => e.relatedTarget === null && setOver(false), {signal: stop.signal});
    return () => stop.abort();
  }, []);
  return over ? <div class="dropzone" aria-hidden="true">Drop a config.json, a scenario or a trace</div> : null;
}
