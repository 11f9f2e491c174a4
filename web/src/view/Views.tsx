import {useEffect} from 'preact/hooks';
import {views} from '../state/lens';
import {viewAddress} from '../state/link';
import type {View} from '../state/lens';
import {useStore} from '../state/store';

const names: Readonly<Record<View, string>> = {
  strategies: 'Strategies compared',
  compare: 'What makes the difference',
  advise: 'What should I do?',
  sweep: 'Sweep',
  device: 'The device under a microscope',
  roofline: 'Rooflines and crossover',
  paper: 'MoNDE, the paper',
  trust: 'How far to trust this',
};

/** What the browser's tab is called. */
const titles: Readonly<Record<View, string>> = {strategies: '', compare: 'What makes the difference – ', advise: 'What should I do? – ', sweep: 'Sweep – ', device: 'Device under a microscope – ', roofline: 'Rooflines – ', paper: 'The paper – ', trust: 'How far to trust this – '};

/** The ways to look at a scenario. They are links, so that another tab can take one. */
export function Views() {
  const {lens, linker} = useStore();
  const aim = lens.aim.value;
  useEffect(() => void (document.title = `${titles[aim.view]}MoNDE Playground`), [aim.view]);
  const open = (e: MouseEvent, view: View) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    if (view !== aim.view) lens.set({view}, 'pick');
  };
  return (
    <nav class="views" aria-label="Views">
      {views.map((view) => (
        <a key={view} href={viewAddress(linker.hash.value, aim, view)} aria-current={view === aim.view ? 'page' : undefined} onClick={(e) => open(e, view)}>{names[view]}</a>
      ))}
    </nav>
  );
}
