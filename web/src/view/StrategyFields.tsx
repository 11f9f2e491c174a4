import * as controls from '../state/controls';
import type {Entry} from '../state/entries';
import {hasFlash, lackOf, needText} from '../state/needs';
import {usePart, useStore} from '../state/store';
import {PolicyAlphaMode, PolicyRounding} from '../wire.gen';
import type {Machine} from '../wire.gen';
import {AxisFields} from './AxisFields';
import {Badges} from './Badges';
import {Fold} from './Figure';
import {NumberFields, SelectField} from './fields';

const modeNames: Readonly<Record<PolicyAlphaMode, string>> = {
  fixed: 'Fixed: the formula with this α',
  auto: 'Auto: the α that is best on profile passes',
  exact: 'Exact: the best split, layer by layer',
};

const stores = [{value: '', label: 'In memory'}, {value: 'flash', label: 'On flash: each is read when it is needed'}];

const roundingNames: Readonly<Record<PolicyRounding, string>> = {floor: 'Down', nearest: 'To nearest', ceil: 'Up'};

/** One strategy, to compare with the others. */
function Check({entry: e, fixed}: {readonly entry: Entry; readonly fixed: boolean}) {
  const {editor} = useStore();
  return (
    <label class="check">
      <input type="checkbox" checked={editor.compared.value.includes(e.name)} disabled={fixed} onChange={(ev) => editor.compare(e.name, ev.currentTarget.checked)} />
      <span>{e.title}<Badges of={e.badges} /></span>
    </label>
  );
}

/** An option's label, which says why it is none. */
function lacking(e: Entry, machine: Machine) {
  const lack = lackOf(e.spec, machine);
  return {label: lack ? `${e.title} (${needText(lack, machine)})` : e.title, disabled: lack !== null};
}

/** What to compare, and the parameters of the selected strategy. */
export function StrategyFields() {
  const {editor, runner} = useStore();
  const [strategy, machine] = [usePart((s) => s.strategy), usePart((s) => s.machine)];
  const [balanced, stored] = [usePart(controls.balanced), usePart(hasFlash)];
  const entry = editor.entries.find((e) => e.name === runner.selected.value);
  return (
    <>
      <fieldset class="compare">
        <legend>Compare</legend>
        {editor.entries.filter((e) => e.usual).map((e) => <Check key={e.name} entry={e} fixed={e === entry} />)}
        <details class="more" open={editor.entries.some((e) => !e.usual && editor.compared.value.includes(e.name))}>
          <summary>Systems of others</summary>
          {editor.entries.filter((e) => !e.usual).map((e) => <Check key={e.name} entry={e} fixed={e === entry} />)}
        </details>
        <Fold class="more" summary="What each does, and its source">
          {() => <dl class="about">{editor.entries.map((e) => <div key={e.name}><dt>{e.title}</dt><dd>{e.text} <span class="small">{e.source}.</span></dd></div>)}</dl>}
        </Fold>
      </fieldset>
      <SelectField
        label="In detail" path="strategy.name" value={runner.selected.value} hint={entry && `${entry.text} ${entry.source}.`}
        options={editor.entries.map((e) => ({value: e.name, ...lacking(e, machine)}))}
        onPick={(name) => editor.entries.filter((e) => e.name === name).forEach((e) => editor.select(e))}
      />
      {stored && (
        <SelectField
          label="Experts lie" path="strategy.home" value={strategy.home === 'flash' ? 'flash' : ''} options={stores}
          onPick={(v) => editor.set('strategy.home', v || (entry?.spec.home === 'flash' ? 'host' : entry?.spec.home), 'pick')}
        />
      )}
      {balanced && (
        <SelectField
          label="How many experts are hot" path="strategy.alpha_mode" value={strategy.alpha_mode}
          options={PolicyAlphaMode.map((m) => ({value: m, label: modeNames[m]}))}
          onPick={(m) => editor.set('strategy.alpha_mode', m, 'pick')}
        />
      )}
      {balanced && strategy.alpha_mode !== 'exact' && (
        <SelectField
          label="Rounding of H" path="strategy.rounding" value={strategy.rounding}
          options={PolicyRounding.map((r) => ({value: r, label: roundingNames[r]}))}
          onPick={(r) => editor.set('strategy.rounding', r, 'pick')}
        />
      )}
      <NumberFields rows={controls.strategy} />
      <AxisFields />
    </>
  );
}
