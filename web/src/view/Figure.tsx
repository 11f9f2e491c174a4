import type {ComponentChildren} from 'preact';
import {useId, useState} from 'preact/hooks';

interface FigureProps {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly table: () => ComponentChildren; // made when it is asked for
  readonly children: ComponentChildren;
}

/** A picture and its table twin. */
export function Figure({title, note, tools, table, children}: FigureProps) {
  const id = useId();
  const [tabular, setTabular] = useState(false);
  return (
    <section class="figure card" aria-labelledby={id}>
      <div class="figure-head">
        <h2 id={id}>{title}</h2>
        <div class="tools">
          {!tabular && tools}
          <button type="button" aria-pressed={tabular} onClick={() => setTabular(!tabular)}>
            Table<span class="sr"> instead of picture: {title}</span>
          </button>
        </div>
      </div>
      {note && <p class="note">{note}</p>}
      {tabular ? table() : children}
    </section>
  );
}

interface FoldProps {
  readonly summary: ComponentChildren;
  readonly class?: string;
  readonly children: () => ComponentChildren;
}

/** Details whose content is made when they are opened. */
export function Fold({summary, class: kind, children}: FoldProps) {
  const [open, setOpen] = useState(false);
  return (
    <details class={kind} open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{summary}</summary>
      {open && children()}
    </details>
  );
}

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  readonly text?: boolean; // not a number
}

interface TableProps<T> {
  readonly caption: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
}

/** A table that scrolls by itself when it is wider than the page. The first column names the row. */
export function Table<T>({caption, rows, columns}: TableProps<T>) {
  const kind = (c: Column<T>) => (c.text ? 'text' : 'num');
  return (
    <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="sr">{caption}</caption>
        <thead><tr>{columns.map((c) => <th key={c.title} scope="col" class={kind(c)}>{c.title}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {columns.map((c, i) => (i === 0 ? <th key={c.title} scope="row" class={kind(c)}>{c.cell(row)}</th> : <td key={c.title} class={kind(c)}>{c.cell(row)}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
