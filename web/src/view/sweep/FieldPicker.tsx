import {useId, useMemo, useState} from 'preact/hooks';
import {matches} from '../../state/sweepfields';
import type {SweepField} from '../../state/sweepfields';

interface PickerProps {
  readonly n: number;
  readonly path: string;
  readonly field: SweepField;
  readonly fields: readonly SweepField[];
  readonly error: string;
  readonly hint: string;
  readonly onPick: (path: string) => void;
}

interface Choice {
  readonly path: string;
  readonly title: string;
  readonly unit: string;
}

/** What looks like the path of a field. */
const pathLike = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;

/** The fields that suit what is typed, and what is typed itself where it may be a path. */
function choicesOf(fields: readonly SweepField[], text: string): readonly Choice[] {
  const found = fields.filter((f) => matches(f, text));
  const own = pathLike.test(text) && !fields.some((f) => f.path === text) && text.includes('.') ? [{path: text, title: 'This path', unit: ''}] : [];
  return [...found, ...own];
}

/** A list of fields that narrows as one types: a combobox, as ARIA has it. */
export function FieldPicker({n, path, field, fields, error, hint, onPick}: PickerProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null); // null: the list is closed
  const [at, setAt] = useState(0);
  const choices = useMemo(() => (typed === null ? [] : choicesOf(fields, typed.trim())), [fields, typed]);
  const take = (c: Choice | undefined) => {
    setTyped(null);
    if (c && c.path !== path) onPick(c.path);
  };
  const move = (to: number) => {
    setAt(to);
    document.getElementById(`${id}-${to}`)?.scrollIntoView({block: 'nearest'});
  };
  const open = () => {
    setTyped((t) => t ?? '');
    setAt(0);
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === 'Escape' && typed !== null) return void (e.preventDefault(), setTyped(null));
    if (e.key === 'Enter') return void (e.preventDefault(), typed === null ? open() : take(choices[at]));
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
    e.preventDefault();
    if (typed === null) open();
    else move((at + (e.key === 'ArrowDown' ? 1 : choices.length - 1)) % Math.max(1, choices.length));
  };
  const described = [`${id}-hint`, error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class="field picker">
      <label for={id}>Vary<span class="sr">, axis {n + 1}</span></label>
      <input
        id={id} role="combobox" aria-expanded={typed !== null} aria-controls={`${id}-list`} aria-autocomplete="list" aria-activedescendant={typed !== null && choices[at] ? `${id}-${at}` : undefined}
        autocomplete="off" spellcheck={false} inputMode="search" placeholder="Search fields, or type a path" value={typed ?? field.title}
        aria-invalid={error !== ''} aria-describedby={described} onFocus={(e) => e.currentTarget.select()} onClick={open} onKeyDown={key} onBlur={() => setTyped(null)}
        onInput={(e) => {
          setTyped(e.currentTarget.value);
          setAt(0);
        }}
      />
      {typed !== null && (
        <ul id={`${id}-list`} role="listbox" aria-label="Fields" class="choices">
          {choices.length === 0 && <li class="none" role="option" aria-selected="false" aria-disabled="true">Nothing like it. A path, as workload.batch, is taken as it is.</li>}
          {choices.map((c, i) => (
            <li key={c.path} id={`${id}-${i}`} role="option" aria-selected={i === at} onPointerDown={(e) => e.preventDefault()} onClick={() => take(c)}>
              <span>{c.title}{c.unit && <span class="unit"> ({c.unit})</span>}</span> <code>{c.path}</code>
            </li>
          ))}
        </ul>
      )}
      <p class="hint" id={`${id}-hint`}>{field.title !== path && <code>{path}</code>}{hint && <> {hint}</>}</p>
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}
