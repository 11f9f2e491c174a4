import {useId} from 'preact/hooks';

interface EntryProps {
  readonly label: string;
  readonly value: string;
  readonly error: string;
  readonly unit?: string;
  readonly hint?: string;
  readonly wide?: boolean;
  readonly onType: (text: string) => void;
}

/** A field that keeps what is typed, with what is wrong beside it. */
export function Entry({label, value, error, unit = '', hint = '', wide = false, onType}: EntryProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class={wide ? 'field typed wide' : 'field typed'}>
      <label for={id}>{label}{unit && <span class="unit"> ({unit})</span>}</label>
      <input id={id} inputMode="decimal" autocomplete="off" spellcheck={false} value={value} aria-invalid={error !== ''} aria-describedby={described || undefined} onInput={(e) => onType(e.currentTarget.value)} />
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}
