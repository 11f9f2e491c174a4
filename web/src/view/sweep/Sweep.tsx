import '/css/plot.css';
import '/css/sweep.css';
import {useComputed} from '@preact/signals';
import {useEffect, useMemo} from 'preact/hooks';
import {ServerSweeps} from '../../engine/sweeps';
import {Sweeps} from '../../state/sweeps';
import {useStore} from '../../state/store';
import {Controls} from '../Controls';
import {AskCard} from './AskCard';
import {Found} from './Found';
import {NoServer} from './NoServer';
import {Recent} from './Recent';

/** Many points of one scenario at once, on the server. */
export function SweepView() {
  const store = useStore();
  const sweeps = (store.sweeps ??= new Sweeps(new ServerSweeps(store.remote)));
  const there = store.server.available.value;
  const id = useComputed(() => store.lens.aim.value.sweep).value;
  useEffect(() => {
    if (there !== true) return;
    if (id === '') sweeps.leave();
    else void sweeps.open(id);
  }, [there, id]);
  useEffect(() => void (there === true && sweeps.list()), [there]);
  useEffect(() => () => (store.lens.errors.value = []), []);
  const shown = sweeps.current.value !== null || sweeps.missing.value !== null;
  const ask = useMemo(() => <AskCard sweeps={sweeps} />, [sweeps]);
  return (
    <>
      <Controls folded />
      <main id="results" class="results sweep" tabIndex={-1}>
        {there === false && <NoServer />}
        {ask}
        {shown ? <Found sweeps={sweeps} /> : there === true && id === '' && <p class="verdict plain">No sweep yet: take one of the ready-made ones, or say what varies, and start it. Its picture fills in here as points come.</p>}
        {there === true && <Recent sweeps={sweeps} />}
      </main>
    </>
  );
}
