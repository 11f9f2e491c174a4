interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onPick: (value: string) => void;
}

/** A choice among the tools of a picture. */
export const Select = ({label, value, options, onPick}: SelectProps) => (
  <label class="inline">{label}
    <select value={value} onChange={(e) => onPick(e.currentTarget.value)}>{options.map(([v, text]) => <option key={v} value={v}>{text}</option>)}</select>
  </label>
);
