import {useLoaded} from './useLoaded';

const load = () => import('./microscope/Microscope').then((m) => m.MicroscopeView);

/** The microscope, whose script comes when it is opened for the first time. */
export function DeviceView() {
  const [loaded, again] = useLoaded(load);
  if (loaded.kind === 'there') return <loaded.view />;
  const failed = loaded.kind === 'failed';
  return (
    <main id="results" class="results alone" tabIndex={-1} aria-busy={!failed}>
      <div class={failed ? 'status' : 'status ask'} role="status">
        <p>{failed ? `The microscope could not be loaded: ${loaded.reason}. If trying again does not help, load the page again.` : 'Loading the microscope…'}</p>
        {failed && <button type="button" onClick={again}>Try again</button>}
      </div>
    </main>
  );
}
