import type {ComponentChildren} from 'preact';
import {count, plural, tenths} from '../../base/format';
import type {Summary} from '../../state/trust';
import {Fold, Table} from '../Figure';
import {signed} from './text';

export interface Line {
  readonly name: ComponentChildren;
  readonly sum: Summary;
}

interface SumsProps {
  readonly caption: string;
  readonly first: string; // title of the names
  readonly lines: readonly Line[];
}

/** Errors in a table, the roofline's beside them. */
export function Sums({caption, first, lines}: SumsProps) {
  const of = (pick: (s: Summary) => number, text = tenths) => ({sum: s}: Line) => (s.rows > 0 ? text(pick(s)) : '–');
  return (
    <Table
      caption={caption} rows={lines}
      columns={[
        {title: first, text: true, cell: (l) => l.name},
        {title: 'Rows', cell: ({sum}) => count(sum.rows)},
        {title: 'Mean', cell: (l) => <strong>{of((s) => s.mean)(l)}</strong>},
        {title: 'Median', cell: of((s) => s.median)},
        {title: '90 % within', cell: of((s) => s.p90)},
        {title: 'Worst', cell: of((s) => s.worst)},
        {title: 'Bias', cell: of((s) => s.bias, signed)},
        {title: 'Roofline, mean', cell: ({sum}) => <Roofline sum={sum} />},
      ]}
    />
  );
}

function Roofline({sum}: {readonly sum: Summary}) {
  if (sum.roofline === 0) return <>–</>;
  const better = sum.roofline <= sum.mean;
  return <span class={better ? 'unbeaten' : 'beaten'}>{tenths(sum.roofline)}{better && ' (better)'}</span>;
}

/** The same of rows that constants were fitted to, folded away: they prove little. */
export function FittedSums({lines, ...rest}: SumsProps) {
  if (lines.length === 0) return null;
  const rows = lines.reduce((n, l) => n + l.sum.rows, 0);
  return (
    <Fold summary={<><h3>Rows that constants were fitted to</h3> <span class="small">{plural(rows, 'row')}, in no figure above: small errors are no proof here</span></>}>
      {() => <Sums {...rest} lines={lines} />}
    </Fold>
  );
}
