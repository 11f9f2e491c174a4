import type {ComponentType} from 'preact';
import type {LazyView as Name} from '../state/lens';
import {useLoaded} from './useLoaded';

interface Part {
  readonly title: string;
  readonly load: () => Promise<ComponentType>;
}

const parts: Readonly<Record<Name, Part>> = {
  compare: {title: 'The comparison', load: () => import('./compare/Compare').then((m) => m.CompareView)},
  advise: {title: 'Advice', load: () => import('./advise/Advise').then((m) => m.AdviseView)},
  sweep: {title: 'The view of sweeps', load: () => import('./sweep/Sweep').then((m) => m.SweepView)},
  device: {title: 'The microscope', load: () => import('./microscope/Microscope').then((m) => m.MicroscopeView)},
  roofline: {title: 'The view of rooflines', load: () => import('./roofline/Roofline').then((m) => m.RooflineView)},
  paper: {title: 'The paper’s figures', load: () => import('./paper/Paper').then((m) => m.PaperView)},
  trust: {title: 'The comparison with measurements', load: () => import('./trust/Trust').then((m) => m.TrustView)},
};

/** A view whose script comes when it is opened for the first time. */
export function LazyView({of}: {readonly of: Name}) {
  const {title, load} = parts[of];
  const [loaded, again] = useLoaded(load);
  if (loaded.kind === 'there') return <loaded.value />;
  const failed = loaded.kind === 'failed';
  return (
    <main id="results" class="results alone" tabIndex={-1} aria-busy={!failed}>
      <div class={failed ? 'status' : 'status ask'} role="status">
        <p>{failed ? `${title} could not be loaded: ${loaded.reason}. If trying again does not help, load the page again.` : `${title}: loading…`}</p>
        {failed && <button type="button" onClick={again}>Try again</button>}
      </div>
    </main>
  );
}
