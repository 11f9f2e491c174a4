import '/css/plot.css';
import '/css/roofline.css';
import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {plural, resource, waitsFor} from '../../base/format';
import type {Result} from '../../engine/engine';
import {clamped} from '../../base/scale';
import {farthest, lacking, nearest, needed} from '../../state/place';
import type {Figures} from '../../state/place';
import {Places, keyOf} from '../../state/places';
import {atLeast, bindings, expertsOf, layerAt, loadOf} from '../../state/roofline';
import type {Load} from '../../state/roofline';
import {useStore} from '../../state/store';
import type {Failed, Layer, Scenario} from '../../wire.gen';
import {Controls} from '../Controls';
import {BusyLine, Status} from '../Results';
import {layerName} from '../names';
import {Binding} from './Binding';
import {Crossover} from './Crossover';
import {Formula} from './Formula';
import {Roofs} from './Roofs';
import {Probe} from './Probe';

/** What binds each layer, and whether to move an expert's weights or to compute it in place. */
export function RooflineView() {
  const store = useStore();
  const {outcome, runner} = store;
  const places = (store.places ??= new Places(store.spare));
  const {report, key = ''} = outcome.value ?? {};
  const scenario = useMemo(() => (key === '' ? null : (JSON.parse(key) as Scenario)), [key]); // that the report is about
  useEffect(() => () => places.stop(), [places]);
  return (
    <>
      <Controls folded />
      <main id="results" class="results" tabIndex={-1}>
        <Status />
        <BusyLine />
        {report && scenario && <Body report={report} scenario={scenario} places={places} />}
        {!report && !runner.pause.value && <p class="verdict plain">Simulating…</p>}
      </main>
    </>
  );
}

/** What the pictures are about: all of one scenario. */
interface Matter {
  readonly report: Result;
  readonly scenario: Scenario;
  readonly layer: number;
  readonly load: Load;
  readonly figures: Figures;
}

/** Everything that the pictures show. */
export interface Scene extends Matter {
  readonly cross: number | null; // tokens
  readonly tokens: number; // that the reader points at
  readonly read: number; // the nearest to them that figures are known of: they themselves, soon
  readonly aim: (tokens: number) => void;
}

interface BodyProps {
  readonly report: Result;
  readonly scenario: Scenario;
  readonly places: Places;
}

/** Shows the newest report whose figures are all there. */
function Body({report, scenario, places}: BodyProps) {
  const {lens, runner} = useStore();
  const layer = layerAt(report.layers, lens.aim.value.layer);
  const shown = report.layers[layer];
  const load = useMemo(() => (shown ? loadOf(shown, report.strategy) : {groups: [], average: false}), [shown, report.strategy]);
  const [pointed, setPointed] = useState<number | null>(null);
  useEffect(() => void places.want(scenario, (cross) => [...needed(scenario.machine, load.groups, cross), pointed ?? cross ?? 4]), [places, scenario, load, pointed]);
  const [figures, failed] = [places.seen.value, places.failed.value];
  const key = useMemo(() => keyOf(scenario), [scenario]);
  const last = useRef<Matter | null>(null);
  const ready = figures?.key === key && lacking(figures, needed(scenario.machine, load.groups, figures.crossover)).length === 0;
  if (ready) last.current = {report, scenario, layer, load, figures};
  const matter = last.current;
  const aim = (t: number) => setPointed(clamped(Math.round(t), {from: 1, to: farthest}));
  const stale = runner.stale.value || (failed !== null && !ready);
  return (
    <>
      {failed && <Refused failed={failed} />}
      {matter && <div class={stale ? 'detail stale' : 'detail'} aria-busy={!ready && failed === null}><Pictures scene={sceneOf(matter, pointed, aim)} /></div>}
      {!matter && !failed && <p class="verdict plain">Simulating…</p>}
    </>
  );
}

function sceneOf(matter: Matter, pointed: number | null, aim: Scene['aim']): Scene {
  const cross = matter.figures.crossover;
  const tokens = pointed ?? cross ?? 4;
  return {...matter, cross, tokens, read: nearest(matter.figures, tokens), aim};
}

/** Why there are no newer figures. */
function Refused({failed: {reason, fields}}: {readonly failed: Failed}) {
  return (
    <div class="status" role="status">
      <p>What one expert takes could not be computed{fields.length > 0 ? '.' : `: ${reason}`} Pictures that are shown belong to older values.</p>
      <ul>{fields.map((f) => <li key={f.path + f.reason}>{f.path && <code>{f.path}</code>} {f.reason}</li>)}</ul>
    </div>
  );
}

function Pictures({scene}: {readonly scene: Scene}) {
  const {report, layer} = scene;
  return (
    <>
      <p class="verdict plain" aria-live="polite"><span>{verdict(scene)}</span></p>
      <Binding scene={scene} />
      <h2 class="detail-title">{layerName(report.layers, layer)} <span>of {report.model} on {report.machine}, {report.strategy}</span></h2>
      <Probe scene={scene} />
      <Roofs scene={scene} />
      <Crossover scene={scene} />
      <Formula scene={scene} />
      {report.simulated_only && <p class="warn-line"><strong>Simulated only.</strong> No NDP expert execution has been measured anywhere.</p>}
    </>
  );
}

/** Which resources bind layers, by how many. */
function bound(layers: readonly Layer[], {resources}: Pick<Result, 'resources'>): string {
  const [first, ...others] = bindings({layers, resources});
  if (!first) return '';
  const all = first[1] === layers.length;
  const rest = others.map(([r, n]) => `, ${n} for ${waitsFor(r)}`).join('');
  return `Of ${plural(layers.length, 'layer')} with experts, ${all ? 'all' : first[1]} ${first[1] === 1 ? 'waits' : 'wait'} most for ${waitsFor(first[0])}${rest}. `;
}

/** What the page says, in a sentence or two. */
function verdict({report, figures, load, cross}: Scene): string {
  const most = bound(report.layers.filter((l) => l.moe), report);
  const home = figures.home === 'device' ? 'the device' : `the host’s ${resource('cpu')}`;
  if (cross === null) return `${most}Moving an expert’s weights does not pay here: ${home} is faster up to ${plural(farthest, 'token')} at least.`;
  if (cross === 1) return `${most}Moving an expert’s weights pays from the first token on: ${home} is slower even for one.`;
  const all = expertsOf(load.groups);
  const some = load.average || all === 0 ? '' : ` ${plural(atLeast(load.groups, cross), 'expert')} of the ${all} active in this layer ${atLeast(load.groups, cross) === 1 ? 'has' : 'have'} that many.`;
  return `${most}Taken alone, an expert is worth moving to the GPU from ${plural(cross, 'token')} on; below that ${home} is faster.${some}`;
}
