import {useEffect} from 'preact/hooks';
import {useStore} from '../state/store';
import {useLoaded} from './useLoaded';

const load = () => import('./Help').then((m) => m.Help);

/** Help, whose script comes when it is asked for. */
export function HelpView() {
  const {help, notices} = useStore();
  const [loaded] = useLoaded(load);
  useEffect(() => {
    if (loaded.kind !== 'failed') return;
    notices.warn(`Help could not be loaded: ${loaded.reason}`);
    help.value = false;
  }, [loaded]);
  return loaded.kind === 'there' ? <loaded.value /> : null;
}
