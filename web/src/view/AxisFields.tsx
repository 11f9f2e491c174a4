// The axes of a strategy, each with what it may be.

import {useRef} from 'preact/hooks';
import * as controls from '../state/controls';
import {lackOf, needText, several} from '../state/needs';
import {useStore, usePart} from '../state/store';
import {PlaceName, PolicyAttention, PolicyFirst, PolicyHome, PolicyMissed, PredictName, ReplaceName, ReplaceScope} from '../wire.gen';
import type {PolicySpec} from '../wire.gen';
import {NumberFields, SelectField} from './fields';

const homes: Readonly<Record<PolicyHome, string>> = {
  gpu: 'GPU memory, however large', memory: 'Memory: the device’s, or the host’s', host: 'The host’s memory', device: 'The memory device', flash: 'Flash', stack: 'GPU memory, with NDP in its stacks',
};
const sites: Readonly<Record<PolicyMissed, string>> = {
  gpu: 'On the GPU, once moved', home: 'Where it lives', balance: 'The busiest on the GPU, the rest where they live',
  cheaper: 'Wherever it takes less time', timelines: 'Whichever of GPU and home ends first',
};
const caches: Readonly<Record<ReplaceName, string>> = {
  none: 'None', static: 'A fixed hot set', lru: 'Least recently used goes', lfu: 'Least often used goes', 'seq-lfu': 'The same, in this sequence',
  lifo: 'Inactive, then last in', hobbit: 'HOBBIT’s weights', lcu: 'Least cost of a miss (MoE-APEX)', edgemoe: 'EdgeMoE: use over distance',
  mrs: 'HybriMoE: gate scores', activation: 'MoE-Infinity: activations', benefit: 'Least time saved (DynaNDE)',
};
const predictors: Readonly<Record<PredictName, string>> = {
  none: 'None', 'previous-token': 'Previous token', 'first-order': 'Table from layer to layer', path: 'Paths of two layers', popularity: 'Popularity',
  'token-table': 'Token table (replayed)', 'skip-gate': 'Next gate, tried early (replayed)', learned: 'Learned (replayed)', rpp: 'Routing path predictor (replayed)',
  'pre-gate': 'Pre-gate: decides, not predicts', prefill: 'What the prompt asked for', activation: 'Matched activations', trajectory: 'Matched paths of past passes (FineMoE)', oracle: 'An oracle',
};
const firsts: Readonly<Record<PolicyFirst, string>> = {busiest: 'Most tokens', id: 'By number', lightest: 'Fewest tokens', readiest: 'Least of it still to come'};
const attentions: Readonly<Record<PolicyAttention, string>> = {gpu: 'On the GPU', cpu: 'On the CPU, which has the KV cache'};
const placements: Readonly<Record<PlaceName, string>> = {id: 'By number', greedy: 'The busiest first, to the GPU with least', anti_correlated: 'The same, apart from experts busy at once'};
const scopes: Readonly<Record<ReplaceScope, string>> = {layer: 'Each layer has its own', model: 'All layers share'};

interface AxisProps<T extends string> {
  readonly label: string;
  readonly path: string;
  readonly value: T;
  readonly names: Readonly<Record<T, string>>;
  readonly not?: (value: T) => string; // why a value cannot be had; empty: it can
  readonly onPick?: (value: string) => void;
}

function Axis<T extends string>({label, path, value, names, not = () => '', onPick}: AxisProps<T>) {
  const {editor} = useStore();
  const options = (Object.keys(names) as T[]).map((v) => ({value: v, label: not(v) ? `${names[v]} (${not(v)})` : names[v], disabled: not(v) !== ''}));
  return <SelectField label={label} path={path} value={value} options={options} onPick={onPick ?? ((v) => editor.set(path, v, 'pick'))} />;
}

/** A strategy with another cache: one that is asked for has room, and without any nothing is predicted. */
export function withCache(s: PolicySpec, name: ReplaceName): PolicySpec {
  const next = {...s, cache: {...s.cache, name}};
  if (name === 'none') return {...next, predictor: {...s.predictor, name: 'none'}};
  return s.cache_share > 0 || s.cache.slots > 0 || s.cache_fills ? next : {...next, cache_share: 0.25};
}

/** Where an error of an axis may be. */
const axisPaths = ['home', 'missed', 'cache', 'cache_share', 'cache_fills', 'predictor', 'prefetch', 'attention', 'placement', 'first', 'precision', 'deferred', 'held_blocks', 'batching'];

/** Every axis of the selected strategy, which a user may mix at will. */
export function AxisFields() {
  const store = useStore();
  const {editor} = store;
  const [s, machine] = [usePart((x) => x.strategy), usePart((x) => x.machine)];
  const wrong = (path: string) => store.errorAt(`strategy.${path}`) !== ''; // what is wrong is never hidden
  const failing = useRef(false);
  failing.current ||= axisPaths.some(wrong); // what opened by itself is the user's to close
  const away = (home: PolicyHome) => {
    const lack = lackOf({home}, machine);
    return lack ? needText(lack, machine) : '';
  };
  const spread = usePart(several);
  const cached = s.cache.name !== 'none';
  return (
    <details class="more" open={failing.current}>
      <summary>Its axes</summary>
      <div class="fields">
        <Axis label="Experts live in" path="strategy.home" value={s.home} names={homes} not={away} />
        <Axis label="A missed expert is computed" path="strategy.missed" value={s.missed} names={sites} />
        <Axis label="Cache" path="strategy.cache.name" value={s.cache.name} names={caches} onPick={(v) => editor.set('strategy', withCache(s, v as ReplaceName), 'pick')} />
        {(cached || wrong('cache.scope')) && <Axis label="Slots" path="strategy.cache.scope" value={s.cache.scope} names={scopes} />}
        {(cached || wrong('cache_fills')) && (
          <label class="check">
            <input type="checkbox" checked={s.cache_fills} onChange={(e) => editor.set('strategy.cache_fills', e.currentTarget.checked, 'pick')} />
            It takes what GPU memory has left
          </label>
        )}
        {(cached || wrong('predictor')) && <Axis label="Predictor" path="strategy.predictor.name" value={s.predictor.name} names={predictors} />}
        <Axis label="Attention, in decoding" path="strategy.attention" value={s.attention} names={attentions} />
        {(spread || wrong('placement')) && <Axis label="Experts are placed" path="strategy.placement" value={s.placement ?? 'id'} names={placements} />}
        <Axis label="First goes" path="strategy.first" value={s.first} names={firsts} />
        <label class="check">
          <input type="checkbox" checked={s.precision.twins} onChange={(e) => editor.set('strategy.precision.twins', e.currentTarget.checked, 'pick')} />
          Low-bit twins of unimportant experts
        </label>
        <NumberFields rows={controls.axes} />
      </div>
    </details>
  );
}
