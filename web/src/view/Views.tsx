import {useEffect} from 'preact/hooks';
import {viewAddress} from '../state/link';
import type {View} from '../state/lens';
import {useStore} from '../state/store';

const views: readonly (readonly [view: View, name: string])[] = [
  ['strategies', 'Strategies compared'],
  ['device', 'The device under a microscope'],
];

/** The ways to look at a scenario. They are links, so that another tab can take one. */
export function Views() {
  const {lens, linker} = useStore();
  const aim = lens.aim.value;
  useEffect(() => void (document.title = aim.view === 'device' ? 'Device under a microscope – MoNDE Playground' : 'MoNDE Playground'), [aim.view]);
  const open = (e: MouseEvent, view: View) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    if (view !== aim.view) lens.set({view}, 'pick');
  };
  return (
    <nav class="views" aria-label="Views">
      {views.map(([view, name]) => (
        <a key={view} href={viewAddress(linker.hash.value, aim, view)} aria-current={view === aim.view ? 'page' : undefined} onClick={(e) => open(e, view)}>{name}</a>
      ))}
    </nav>
  );
}
