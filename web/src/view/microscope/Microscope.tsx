import '/css/microscope.css';
import {useEffect} from 'preact/hooks';
import {plural, wait} from '../../base/format';
import {deviceless} from '../../state/look';
import {Microscope} from '../../state/microscope';
import {usePart, useStore} from '../../state/store';
import {BusUse} from './BusUse';
import {Commands} from './Commands';
import {Costs} from './Costs';
import {DeviceControls} from './DeviceControls';
import {NoDevice} from './NoDevice';
import {PassTable} from './PassTable';
import {Summary} from './Summary';
import {WholeRun} from './WholeRun';

/** The device under a microscope: one expert, clock by clock. */
export function MicroscopeView() {
  const store = useStore();
  const scope = (store.microscope ??= new Microscope(store.editor, store.lens, store.spare));
  const none = usePart(deviceless);
  useEffect(() => scope.follow(), [scope]);
  return (
    <>
      <DeviceControls />
      <main id="results" class="results" tabIndex={-1}>
        {none ? <NoDevice /> : <Body scope={scope} />}
      </main>
    </>
  );
}

export interface ScopeProps {
  readonly scope: Microscope;
}

function Body({scope}: ScopeProps) {
  const seen = scope.seen.value;
  const channels = usePart((s) => s.machine.device.dram?.channels ?? 32);
  return (
    <>
      <Status scope={scope} />
      <Busy scope={scope} />
      {seen && (
        <div class={scope.stale.value ? 'detail stale' : 'detail'}>
          <Summary scope={scope} seen={seen} />
          <WholeRun scope={scope} seen={seen} />
          <Commands scope={scope} seen={seen} />
          <BusUse seen={seen} />
          <p class="note">{channels === 1 ? 'The device has one channel.' : `One channel stands for all ${plural(channels, 'channel')}: they hold equal shares of everything and are alike.`} Left out: electrical effects, and the time of the controller’s own logic.</p>
        </div>
      )}
      <PassTable scope={scope} />
      {seen && <div class={scope.stale.value ? 'detail stale' : 'detail'}><Costs seen={seen} /></div>}
    </>
  );
}

/** What is wrong, or why nothing is looked at. */
function Status({scope}: ScopeProps) {
  const {errors} = useStore();
  const phase = scope.phase.value;
  const old = scope.seen.value ? ' What is shown belongs to older values.' : '';
  if (phase.kind === 'failed') {
    return (
      <div class="status" role="status">
        <p>{errors.value.length > 0 ? `The engine refuses some values.${old}` : phase.failed.reason}</p>
        <ul>{errors.value.map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>
      </div>
    );
  }
  if (phase.kind === 'looking' && !scope.seen.value) return <div class="status ask" role="status"><p>Looking at the device…</p></div>;
  if (phase.kind !== 'held' && phase.kind !== 'cancelled') return null;
  return (
    <div class="status ask" role="status">
      <p>{phase.kind === 'held' ? `This look takes about ${wait(phase.cost)}.` : 'Cancelled.'}{old}</p>
      <button type="button" onClick={() => scope.again()}>{phase.kind === 'held' ? 'Look' : 'Look again'}</button>
    </div>
  );
}

/** A look that takes long enough to show. How far it is, the engine does not tell. */
function Busy({scope}: ScopeProps) {
  if (!scope.busy.value) return null;
  return (
    <section class="busy" aria-label="Simulation">
      <span id="looking">Running every command…</span>
      <progress max={1} aria-labelledby="looking" />
      <button type="button" onClick={() => scope.cancel()}>Cancel</button>
    </section>
  );
}
