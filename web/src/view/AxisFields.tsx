// The axes of a strategy, each with what it may be.

import * as controls from '../state/controls';
import {several} from '../state/needs';
import {useStore, usePart} from '../state/store';
import {PlaceName, PolicyAttention, PolicyFirst, PolicyHome, PolicyMissed, PredictName, ReplaceName, ReplaceScope} from '../wire.gen';
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

function Axis<T extends string>({label, path, value, names}: {readonly label: string; readonly path: string; readonly value: T; readonly names: Readonly<Record<T, string>>}) {
  const {editor} = useStore();
  const options = (Object.keys(names) as T[]).map((v) => ({value: v, label: names[v]}));
  return <SelectField label={label} path={path} value={value} options={options} onPick={(v) => editor.set(path, v, 'pick')} />;
}

/** Every axis of the selected strategy, which a user may mix at will. */
export function AxisFields() {
  const {editor} = useStore();
  const s = usePart((x) => x.strategy);
  const spread = usePart(several);
  const cached = s.cache.name !== 'none';
  return (
    <details class="more">
      <summary>Its axes</summary>
      <div class="fields">
        <Axis label="Experts live in" path="strategy.home" value={s.home} names={homes} />
        <Axis label="A missed expert is computed" path="strategy.missed" value={s.missed} names={sites} />
        <Axis label="Cache" path="strategy.cache.name" value={s.cache.name} names={caches} />
        {cached && <Axis label="Slots" path="strategy.cache.scope" value={s.cache.scope} names={scopes} />}
        {cached && (
          <label class="check">
            <input type="checkbox" checked={s.cache_fills} onChange={(e) => editor.set('strategy.cache_fills', e.currentTarget.checked, 'pick')} />
            It takes what GPU memory has left
          </label>
        )}
        {cached && <Axis label="Predictor" path="strategy.predictor.name" value={s.predictor.name} names={predictors} />}
        <Axis label="Attention, in decoding" path="strategy.attention" value={s.attention} names={attentions} />
        {spread && <Axis label="Experts are placed" path="strategy.placement" value={s.placement ?? 'id'} names={placements} />}
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
