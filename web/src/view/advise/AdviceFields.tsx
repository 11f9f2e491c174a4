import {useId} from 'preact/hooks';
import {askOf, limits, wrong} from '../../state/advise';
import type {AdviceForm, Advising, Limit} from '../../state/advise';
import {useStore} from '../../state/store';
import {Objective} from '../../wire.gen';
import type {Badge} from '../../wire.gen';
import {SelectField} from '../fields';
import {badgeTexts, objectives} from './words';

const fields: Readonly<Record<Limit, readonly [label: string, unit: string]>> = {
  latency: ['Latency, at most', 'ms'], ttft: ['Time to first token, at most', 'ms'], tpot: ['Time per output token, at most', 'ms'],
  throughput: ['Throughput, at least', 'tokens/s'], energy: ['Energy a token, at most', 'mJ'], gpu: ['GPU memory, at most', 'GB'],
};

/** What may be asked of the user; what is simulated only follows from it. */
const allowable: readonly Badge[] = ['output', 'training', 'hardware', 'secondary'];

/** What the best is to be best at, and within which limits. */
export function AdviceFields({advising}: {readonly advising: Advising}) {
  const {editor} = useStore();
  const form = advising.form.value;
  const set = (some: Partial<AdviceForm>) => (advising.form.value = {...form, ...some});
  const allow = (b: Badge, on: boolean) => set({allow: allowable.filter((a) => (a === b ? on : form.allow.includes(a)))});
  const ask = askOf(form);
  const submit = (e: Event) => {
    e.preventDefault();
    if (ask) void advising.advice.ask(editor.scenario.peek(), ask);
  };
  return (
    <form class="advise-form" onSubmit={submit} aria-label="Advice">
      <SelectField label="Best at" value={form.objective} options={Objective.map((o) => ({value: o, label: objectives[o]}))} onPick={(o) => set({objective: Objective.find((x) => x === o) ?? 'latency'})} />
      <fieldset class="compare">
        <legend>It may</legend>
        {allowable.map((b) => (
          <label key={b} class="check"><input type="checkbox" checked={form.allow.includes(b)} onChange={(e) => allow(b, e.currentTarget.checked)} />{badgeTexts[b].may}</label>
        ))}
        <label class="check"><input type="checkbox" checked={form.overfull} onChange={(e) => set({overfull: e.currentTarget.checked})} />need more memory than there is</label>
      </fieldset>
      <fieldset class="advise-limits">
        <legend>Limits <span class="small">(empty: none)</span></legend>
        {limits.map((l) => <LimitField key={l} limit={l} text={form.limits[l]} onType={(text) => set({limits: {...form.limits, [l]: text}})} />)}
      </fieldset>
      <div class="row"><button type="submit" class="primary" disabled={!ask}>Ask for advice</button></div>
    </form>
  );
}

function LimitField({limit, text, onType}: {readonly limit: Limit; readonly text: string; readonly onType: (text: string) => void}) {
  const id = useId();
  const [label, unit] = fields[limit];
  const error = wrong(text);
  return (
    <div class="field limit">
      <label for={id}>{label} <span class="unit">({unit})</span></label>
      <input id={id} inputMode="decimal" autocomplete="off" value={text} aria-invalid={error !== ''} aria-describedby={error ? `${id}-error` : undefined} onInput={(e) => onType(e.currentTarget.value)} />
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}
