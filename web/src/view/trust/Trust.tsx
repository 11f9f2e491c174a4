import '/css/plot.css';
import '/css/trust.css';
import {useMemo} from 'preact/hooks';
import {tenths} from '../../base/format';
import {Reopener, fetchValidation} from '../../state/evidence';
import {useStore} from '../../state/store';
import {figureOf} from '../../state/trust';
import type {Validation} from '../../state/trust';
import {BusyLine} from '../Results';
import {useLoaded} from '../useLoaded';
import {Figures} from './Figures';
import {Gaps} from './Gaps';
import {Problems} from './Problems';
import {Sets} from './Sets';
import {Sources} from './Sources';

declare const __VALIDATION_URL__: string;

let kept: Promise<Validation> | null = null; // fetched once a visit

function fetched(): Promise<Validation> {
  kept ??= fetchValidation(new URL(__VALIDATION_URL__, document.baseURI).href);
  kept.catch(() => (kept = null));
  return kept;
}

/** How far predictions are from measurements, where every number comes from, and what is missing. */
export function TrustView() {
  const [state, again] = useLoaded(fetched);
  return (
    <main id="results" class="results alone trust-view" tabIndex={-1} aria-busy={state.kind === 'coming'}>
      <BusyLine />
      <Unmeasured />
      {state.kind === 'coming' && <p class="verdict plain" role="status">Fetching the measurements…</p>}
      {state.kind === 'failed' && <Missing reason={state.reason} again={again} />}
      {state.kind === 'there' && <Evidence v={state.value} />}
      <Sources constants={state.kind === 'there' ? state.value.constants : null} />
      <Gaps />
    </main>
  );
}

function Missing({reason, again}: {readonly reason: string; readonly again: () => void}) {
  return (
    <div class="status" role="status">
      <p>The comparison with measurements could not be fetched: {reason}.</p>
      <p><code>make build</code> writes <code>validation.json</code> beside the page. Without it, <code>monde validate</code> prints the same comparison on the command line.</p>
      <p><button type="button" onClick={again}>Try again</button></p>
    </div>
  );
}

/** What no figure on this page is about. */
function Unmeasured() {
  return (
    <section class="unmeasured" aria-labelledby="unmeasured">
      <h2 id="unmeasured">No NDP expert execution has been measured anywhere.</h2>
      <p>Not by us, not by the MoNDE paper, not by anyone else. Everything near the data, MD+AM and MD+LB above all, is simulated only, and nothing on this page says how right it is. What has been measured, on GPUs, CPUs and PCIe, is compared below.</p>
    </section>
  );
}

function Evidence({v}: {readonly v: Validation}) {
  const {editor, lens, spare} = useStore();
  const opener = useMemo(() => new Reopener(editor, lens, spare), [editor, lens, spare]);
  return (
    <>
      <p class="verdict plain"><span>{verdict(v)}</span></p>
      <Figures v={v} />
      <Sets v={v} opener={opener} />
      <Problems v={v} />
    </>
  );
}

/** How accurate predictions are, in three figures. */
function verdict(v: Validation): string {
  const parts = ([['pmove', 'layers whose weights are moved'], ['gpu', 'experts on the GPU'], ['cpu', 'experts on the CPU']] as const).flatMap(([kind, what]) => {
    const f = figureOf(v, kind);
    return f ? [`${tenths(f.median)} for ${what}`] : [];
  });
  const last = parts.pop();
  if (last === undefined) return 'The file holds no measurement that predictions were not fitted to.';
  const list = parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
  return `A typical prediction is off by ${list}, against measurements to which nothing was fitted.`;
}
