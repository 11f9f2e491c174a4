import '/css/plot.css';
import '/css/roofline.css';
import {useMemo, useState} from 'preact/hooks';
import {plural, resource, waitsFor} from '../../base/format';
import type {Result} from '../../engine/engine';
import {crossover, homeOf} from '../../state/place';
import {atLeast, bindings, expertsOf, layerAt, loadOf} from '../../state/roofline';
import type {Load} from '../../state/roofline';
import {useStore} from '../../state/store';
import type {Layer, Scenario} from '../../wire.gen';
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
  const {outcome, runner} = useStore();
  const {report, key = ''} = outcome.value ?? {};
  const scenario = useMemo(() => (key === '' ? null : (JSON.parse(key) as Scenario)), [key]); // that the report is about
  return (
    <>
      <Controls folded />
      <main id="results" class="results" tabIndex={-1}>
        <Status />
        <BusyLine />
        {report && scenario && <div class={runner.stale.value ? 'detail stale' : 'detail'}><Body report={report} scenario={scenario} /></div>}
        {!report && !runner.pause.value && <p class="verdict plain">Simulating…</p>}
      </main>
    </>
  );
}

/** Everything that the pictures are about. */
export interface Scene {
  readonly report: Result;
  readonly scenario: Scenario;
  readonly layer: number;
  readonly load: Load;
  readonly cross: number | null; // tokens
  readonly tokens: number; // that the reader points at
  readonly aim: (tokens: number) => void;
}

function Body({report, scenario}: {readonly report: Result; readonly scenario: Scenario}) {
  const {lens} = useStore();
  const layer = layerAt(report.layers, lens.aim.value.layer);
  const shown = report.layers[layer];
  const load = useMemo(() => (shown ? loadOf(shown, report.strategy) : {groups: [], average: false}), [shown, report.strategy]);
  const cross = useMemo(() => crossover(scenario), [scenario]);
  const [pointed, setPointed] = useState<number | null>(null);
  const tokens = pointed ?? cross ?? 4;
  const scene: Scene = {report, scenario, layer, load, cross, tokens, aim: (t) => setPointed(Math.max(1, Math.round(t)))};
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
function verdict({report, scenario, load, cross}: Scene): string {
  const most = bound(report.layers.filter((l) => l.moe), report);
  const home = homeOf(scenario) === 'device' ? 'the device' : `the host’s ${resource('cpu')}`;
  if (cross === null) return `${most}Moving an expert’s weights never pays here: ${home} is faster for any number of tokens.`;
  if (cross === 1) return `${most}Moving an expert’s weights pays from the first token on: ${home} is slower even for one.`;
  const all = expertsOf(load.groups);
  const some = load.average || all === 0 ? '' : ` ${plural(atLeast(load.groups, cross), 'expert')} of the ${all} active in this layer ${atLeast(load.groups, cross) === 1 ? 'has' : 'have'} that many.`;
  return `${most}Taken alone, an expert is worth moving to the GPU from ${plural(cross, 'token')} on; below that ${home} is faster.${some}`;
}
