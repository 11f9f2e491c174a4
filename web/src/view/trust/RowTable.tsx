import {useState} from 'preact/hooks';
import {download, reasonOf} from '../../base/browser';
import {count, plural} from '../../base/format';
import type {Reopener} from '../../state/evidence';
import {useStore} from '../../state/store';
import type {Row} from '../../state/trust';
import {Table} from '../Figure';
import {amount, signed, subject} from './text';

/** Rows a page. */
const paged = 50;

const orders = {
  worst: ['Worst first', (a: Row, b: Row) => Math.abs(b.error) - Math.abs(a.error)],
  measured: ['Least measured first', (a: Row, b: Row) => a.measured_us - b.measured_us],
  file: ['As in the file', () => 0],
} as const;
type Order = keyof typeof orders;

interface RowTableProps {
  readonly rows: readonly Row[];
  readonly set: string;
  readonly opener: Reopener;
}

/** The rows of a set, page by page: the picture's twin. */
export function RowTable({rows, set, opener}: RowTableProps) {
  const {notices} = useStore();
  const [order, setOrder] = useState<Order>('worst');
  const [turned, turn] = useState({rows, page: 0});
  const last = Math.max(0, Math.ceil(rows.length / paged) - 1);
  const page = turned.rows === rows ? Math.min(turned.page, last) : 0;
  const found = [...rows].sort(orders[order][1]).slice(page * paged, (page + 1) * paged);
  const to = (n: number) => turn({rows, page: n});
  const open = (r: Row) => void opener.open(r).catch((e: unknown) => notices.warn(`This row’s scenario cannot be opened: ${reasonOf(e)}.`));
  const pick = (name: string) => {
    setOrder(name in orders ? (name as Order) : 'worst');
    to(0);
  };
  return (
    <>
      <div class="pager">
        <label class="inline">Order <select value={order} onChange={(e) => pick(e.currentTarget.value)}>{Object.entries(orders).map(([name, [title]]) => <option key={name} value={name}>{title}</option>)}</select></label>
        <button type="button" disabled={page === 0} onClick={() => to(page - 1)}>Previous page</button>
        <span role="status">{found.length === 0 ? 'No rows.' : `${count(page * paged + 1)} to ${count(page * paged + found.length)} of ${plural(rows.length, 'row')}`}</span>
        <button type="button" disabled={page >= last} onClick={() => to(page + 1)}>Next page</button>
        <button type="button" disabled={rows.length === 0} onClick={() => download(`${set.replaceAll(/[^\w]+/g, '-')}.csv`, csvOf(rows), 'text/csv')}>Save as CSV</button>
      </div>
      <Table
        caption={`Rows of ${set}`} rows={found}
        columns={[
          {title: 'Row', text: true, cell: subject},
          {title: 'Measured', cell: (r) => amount(r.measured_us, r.unit)},
          {title: 'Predicted', cell: (r) => amount(r.predicted_us, r.unit)},
          {title: 'Error', cell: (r) => <strong>{signed(r.error)}</strong>},
          {title: 'Roofline', cell: (r) => (r.roofline_us > 0 ? amount(r.roofline_us, r.unit) : '–')},
          {title: 'Row is', text: true, cell: (r) => (r.fitted ? <span class="badge">fitted to</span> : 'held out')},
          {title: 'Scenario', text: true, cell: (r) => r.scenario !== undefined && <button type="button" class="plain" onClick={() => open(r)}>Open<span class="sr"> the scenario of {subject(r)}</span></button>},
        ]}
      />
    </>
  );
}

const quoted = (v: string) => (/[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v);

/** All rows, a line each. */
export const csvOf = (rows: readonly Row[]) =>
  ['set,model,strategy,machine,case,tokens,unit,measured,predicted,roofline,error,fitted', ...rows.map((r) => [r.set, r.model, r.strategy, r.machine, r.case ?? '', r.tokens, r.unit ?? 'µs', r.measured_us, r.predicted_us, r.roofline_us, r.error, r.fitted ? 1 : 0].map((c) => quoted(String(c))).join())].join('\n');
