// Controls: each with a label, a unit, a range, and its error beside it.

import type {ComponentChildren} from 'preact';
import {useId, useRef, useState} from 'preact/hooks';
import {nudged, shownAt, tickOf, ticks, toScenario, toShown, toWrite, typedIn, valueOf} from '../state/controls';
import type {NumberRow} from '../state/controls';
import type {Manner} from '../state/editor';
import {usePart, useStore} from '../state/store';

interface FieldError {
  readonly id: string;
  readonly text: string;
}

function ErrorText({id, text}: FieldError) {
  return text === '' ? null : <p class="field-error" id={id}>{text}</p>;
}

const arrows: Readonly<Record<string, 1 | -1>> = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1};

const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));

interface ValueProps {
  readonly row: NumberRow;
  readonly value: number; // in the scenario's unit
  readonly error: string;
  readonly onSet: (value: number, manner: Manner) => void;
}

/** A number with a slider. What is typed stays as typed; the engine judges it. */
export function ValueField({row, value, error: refused, onSet}: ValueProps) {
  const id = useId();
  const [draft, setDraft] = useState<{readonly text: string; readonly about: number} | null>(null);
  const before = useRef(value); // when the field was entered
  const typed = draft && Object.is(draft.about, value) ? draft.text : null; // another value came from elsewhere
  const shown = value / row.per;
  const error = typed !== null && !isNumber(typed) ? 'must be a number' : refused;
  const type = (text: string) => {
    // What is no number cannot be judged: the last value goes, and with it any blame for it.
    const next = isNumber(text) ? typedIn(row, Number(text)) : before.current;
    setDraft({text, about: next});
    onSet(next, 'slide');
  };
  const described = [row.hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class="field number">
      <label for={id}>{row.label}</label>
      <span class="entry">
        <input
          id={id} inputMode="decimal" autocomplete="off" spellcheck={false}
          value={typed ?? toShown(row, value)} aria-invalid={error !== ''} aria-describedby={described || undefined}
          onInput={(e) => type(e.currentTarget.value)} onFocus={() => (before.current = value)} onBlur={() => setDraft(null)}
        />
        {row.unit && <span class="unit">{row.unit}</span>}
      </span>
      <Slider row={row} shown={shown} text={`${toShown(row, value)} ${row.unit}`} onSet={(v) => onSet(toScenario(row, v), 'slide')} />
      {row.hint && <p class="hint" id={`${id}-hint`}>{row.hint}</p>}
      <ErrorText id={`${id}-error`} text={error} />
    </div>
  );
}

interface SliderProps {
  readonly row: NumberRow;
  readonly shown: number;
  readonly text: string;
  readonly onSet: (shown: number) => void;
}

function Slider({row, shown, text, onSet}: SliderProps) {
  const press = (e: KeyboardEvent) => {
    const direction = arrows[e.key];
    if (!direction) return;
    e.preventDefault(); // the browser's own step may round to the same value
    onSet(nudged(row, shown, direction));
  };
  return (
    <input
      type="range" min={0} max={ticks} step={1} value={tickOf(row, shown)} aria-label={`${row.label}, slider`} aria-valuetext={text}
      onInput={(e) => onSet(shownAt(row, e.currentTarget.valueAsNumber))} onKeyDown={press}
    />
  );
}

/** A number of the scenario. */
export function NumberField({row}: {readonly row: NumberRow}) {
  const store = useStore();
  const {editor} = store;
  const value = usePart((s) => valueOf(row, s));
  return <ValueField row={row} value={value} error={store.errorAt(row.path)} onSet={(v, manner) => editor.set(row.path, toWrite(row, editor.scenario.peek(), v), manner)} />;
}

/** The rows that the scenario has a use for, and those that are wrong. */
export function NumberFields({rows}: {readonly rows: readonly NumberRow[]}) {
  const store = useStore();
  const shown = usePart((s) => rows.filter((r) => (r.shown?.(s) ?? true) || store.errors.value.some((f) => f.path === r.path)).map((r) => r.path).join());
  return <>{rows.filter((r) => shown.split(',').includes(r.path)).map((r) => <NumberField key={r.path} row={r} />)}</>;
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly path?: string; // whose error to show
  readonly hint?: ComponentChildren;
  readonly onPick: (value: string) => void;
}

export function SelectField({label, value, options, path, hint, onPick}: SelectProps) {
  const store = useStore();
  const id = useId();
  const error = path === undefined ? '' : store.errorAt(path);
  return (
    <div class="field select">
      <label for={id}>{label}</label>
      <select id={id} value={value} aria-invalid={error !== ''} aria-describedby={error ? `${id}-error` : undefined} onChange={(e) => onPick(e.currentTarget.value)}>
        {options.map((o) => <option key={o.value} value={o.value} disabled={o.disabled ?? false}>{o.label}</option>)}
      </select>
      {hint && <p class="hint">{hint}</p>}
      <ErrorText id={`${id}-error`} text={error} />
    </div>
  );
}

/** A button that opens a file, whose input stays reachable by keyboard. */
export function FileField({label, accept, onTake}: {readonly label: string; readonly accept: string; readonly onTake: (f: File) => void}) {
  const take = (input: HTMLInputElement) => {
    for (const file of input.files ?? []) onTake(file);
    input.value = ''; // the same file may be taken again
  };
  return (
    <label class="file">
      <input type="file" accept={accept} onChange={(e) => take(e.currentTarget)} />
      <span>{label}</span>
    </label>
  );
}

/** Text that is taken when the field is left or Enter is pressed. */
export function TextField({label, value, path, onTake}: {readonly label: string; readonly value: string; readonly path: string; readonly onTake: (text: string) => void}) {
  const error = useStore().errorAt(path);
  const id = useId();
  return (
    <div class="field text">
      <label for={id}>{label}</label>
      <input id={id} value={value} autocomplete="off" aria-invalid={error !== ''} aria-describedby={error ? `${id}-error` : undefined} onChange={(e) => onTake(e.currentTarget.value)} />
      <ErrorText id={`${id}-error`} text={error} />
    </div>
  );
}
