import type {ComponentChildren} from 'preact';
import {count, tenths} from '../../base/format';
import type {Summary} from '../../state/trust';
import {Table} from '../Figure';
import {signed} from './text';

export interface Line {
  readonly name: ComponentChildren;
  readonly sum: Summary;
}

interface SumsProps {
  readonly caption: string;
  readonly first: string; // title of the names
  readonly lines: readonly Line[];
  readonly fitted: boolean; // some rows are sums over fitted ones
}

/** Errors in a table, the roofline's beside them. */
export function Sums({caption, first, lines, fitted}: SumsProps) {
  const of = (pick: (s: Summary) => number, text = tenths) => ({sum: s}: Line) => (s.rows > 0 ? text(pick(s)) : '–');
  return (
    <Table
      caption={caption} rows={lines}
      columns={[
        {title: first, text: true, cell: (l) => l.name},
        ...(fitted ? [{title: 'Rows are', text: true, cell: ({sum}: Line) => (sum.fitted ? <span class="badge">fitted to</span> : 'held out')}] : []),
        {title: 'Rows', cell: ({sum}) => count(sum.rows)},
        {title: 'Mean', cell: (l) => <strong>{of((s) => s.mean)(l)}</strong>},
        {title: 'Median', cell: of((s) => s.median)},
        {title: '90 % within', cell: of((s) => s.p90)},
        {title: 'Worst', cell: of((s) => s.worst)},
        {title: 'Bias', cell: of((s) => s.bias, signed)},
        {title: 'Roofline, mean', cell: ({sum}) => (sum.roofline > 0 ? <span class={sum.roofline > sum.mean ? 'beaten' : 'unbeaten'}>{tenths(sum.roofline)}{sum.roofline <= sum.mean && ' (better)'}</span> : '–')},
      ]}
    />
  );
}
