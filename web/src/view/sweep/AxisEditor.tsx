import {useId} from 'preact/hooks';
import {numberAt} from '../../base/path';
import {useStore} from '../../state/store';
import {suggested, drawn} from '../../state/sweepform';
import type {AxisForm} from '../../state/sweepform';
import {valueText} from '../../state/sweepfields';
import type {SweepField, Value} from '../../state/sweepfields';
import type {SweepMethod} from '../../wire.gen';
import {Entry} from './Entry';
import {FieldPicker} from './FieldPicker';

interface AxisProps {
  readonly n: number; // from 0
  readonly axis: AxisForm;
  readonly field: SweepField;
  readonly fields: readonly SweepField[];
  readonly method: SweepMethod;
  readonly wrong: (part: string) => string;
  readonly onSet: (some: Partial<AxisForm>) => void;
  readonly onField: (path: string) => void;
  readonly onRemove?: () => void; // absent: it is the only one
}

/** One axis: which field, and which values of it. */
export function AxisEditor({n, axis, field, fields, method, wrong, onSet, onField, onRemove}: AxisProps) {
  const s = useStore().editor.scenario.value;
  const own = numberAt(s, axis.path);
  const now = field.names.length === 0 && Number.isFinite(own) ? `now ${valueText(field, own)}` : '';
  return (
    <li class="axis">
      <fieldset>
        <legend class="sr">Axis {n + 1}: {field.title || 'not chosen'}</legend>
        <div class="axis-head">
          <FieldPicker n={n} path={axis.path} field={field} fields={fields} error={wrong('path')} hint={now} onPick={onField} />
          {field.names.length === 0 && <Kind axis={axis} onSet={onSet} />}
          {onRemove && <button type="button" class="plain remove" onClick={onRemove}>Remove<span class="sr"> {field.title || `axis ${n + 1}`}</span></button>}
        </div>
        {field.names.length > 0 && <Names field={field} axis={axis} error={wrong('values')} onSet={onSet} />}
        {field.names.length === 0 && axis.kind === 'values' && (
          <div class="axis-values">
            <Entry wide label="Values" unit={field.unit} value={axis.values} error={wrong('values')} onType={(values) => onSet({values})} />
            <button type="button" class="plain" onClick={() => onSet({values: suggested(field, s)})}>Around the present one</button>
          </div>
        )}
        {field.names.length === 0 && axis.kind === 'range' && <Range field={field} axis={axis} method={method} wrong={wrong} onSet={onSet} />}
      </fieldset>
    </li>
  );
}

/** Whether values are listed or come from a range. */
function Kind({axis, onSet}: Pick<AxisProps, 'axis' | 'onSet'>) {
  const id = useId();
  return (
    <div class="field kind">
      <label for={id}>As</label>
      <select id={id} value={axis.kind} onChange={(e) => onSet({kind: e.currentTarget.value === 'values' ? 'values' : 'range'})}>
        <option value="values">values</option>
        <option value="range">a range</option>
      </select>
    </div>
  );
}

function Range({field, axis, method, wrong, onSet}: Pick<AxisProps, 'field' | 'axis' | 'method' | 'wrong' | 'onSet'>) {
  const id = useId();
  return (
    <div class="axis-range">
      <Entry label="From" unit={field.unit} value={axis.from} error={wrong('from')} onType={(from) => onSet({from})} />
      <Entry label="To" unit={field.unit} value={axis.to} error={wrong('to')} onType={(to) => onSet({to})} />
      {!drawn(method) && <Entry label="Values" value={axis.steps} error={wrong('steps')} onType={(steps) => onSet({steps})} />}
      <div class="field">
        <label for={id}>Steps</label>
        <select id={id} value={axis.scale} onChange={(e) => onSet({scale: e.currentTarget.value === 'log' ? 'log' : 'linear'})}>
          <option value="linear">even</option>
          <option value="log">equal ratios</option>
        </select>
      </div>
    </div>
  );
}

/** What has names: any of them. */
function Names({field, axis, error, onSet}: Pick<AxisProps, 'field' | 'axis' | 'onSet'> & {readonly error: string}) {
  const toggle = (value: Value, on: boolean) => onSet({names: field.names.map((o) => o.value).filter((v) => (v === value ? on : axis.names.includes(v)))});
  const first = field.names.filter((o, i) => i < 10 || axis.names.includes(o.value) || field.names.length <= 14);
  const rest = field.names.filter((o) => !first.includes(o));
  const box = (o: SweepField['names'][number]) => (
    <label key={String(o.value)} class="check"><input type="checkbox" checked={axis.names.includes(o.value)} onChange={(e) => toggle(o.value, e.currentTarget.checked)} />{o.label}</label>
  );
  return (
    <div class="axis-names">
      <div class="name-list">{first.map(box)}</div>
      {rest.length > 0 && <details class="more-names"><summary>{rest.length} more</summary><div class="name-list">{rest.map(box)}</div></details>}
      {error && <p class="field-error">{error}</p>}
    </div>
  );
}
