import {useState} from 'preact/hooks';
import {download} from '../../base/browser';
import {count, plural} from '../../base/format';
import {bankName, when} from '../draw/describe';
import {dataAt, kindOf, moves, nameOf} from '../draw/picture';
import type {Picture} from '../draw/picture';
import type {Span} from '../draw/window';
import {Table} from '../Figure';

/** Commands a page. */
const paged = 50;

/** The commands of a window, page by page: the picture's twin. */
export function CommandTable({picture: p, window}: {readonly picture: Picture; readonly window: Span<number>}) {
  const key = `${window.from} ${window.to}`;
  const [turned, turn] = useState({key, page: 0});
  const found = inWindow(p, window);
  const last = Math.max(0, Math.ceil(found.length / paged) - 1);
  const page = turned.key === key ? Math.min(turned.page, last) : 0;
  const rows = found.slice(page * paged, (page + 1) * paged);
  const to = (n: number) => turn({key, page: n});
  return (
    <>
      <div class="pager">
        <button type="button" disabled={page === 0} onClick={() => to(page - 1)}>Previous page</button>
        <span role="status">{rows.length === 0 ? 'No commands here.' : `${count(page * paged + 1)} to ${count(page * paged + rows.length)} of ${plural(found.length, 'command')} in the window`}</span>
        <button type="button" disabled={page >= last} onClick={() => to(page + 1)}>Next page</button>
        <button type="button" disabled={found.length === 0} onClick={() => download('commands.csv', csvOf(p, found), 'text/csv')}>Save as CSV</button>
      </div>
      <Table
        caption="Commands of one channel" rows={rows}
        columns={[
          {title: 'Clock', cell: (i) => count(p.clock[i] ?? 0)},
          {title: 'Time', cell: (i) => when(p.sight, p.clock[i] ?? 0)},
          {title: 'Command', text: true, cell: (i) => nameOf(p, i)},
          {title: 'Bank', text: true, cell: (i) => bankName(p.sight, p.bank[i] ?? -1)},
          {title: 'Row', cell: (i) => orNone(p.row[i])},
          {title: 'Burst', cell: (i) => (moves(kindOf(p, i)) ? orNone(p.burst[i]) : '–')},
          {title: 'Data from clock', cell: (i) => (moves(kindOf(p, i)) ? count(dataAt(p, i)) : '–')},
        ]}
      />
    </>
  );
}

/** Commands as they are, a line each; -1 is every bank, or no row or burst. */
const csvOf = (p: Picture, commands: readonly number[]) =>
  ['clock,command,bank,row,burst', ...commands.map((i) => [p.clock[i], nameOf(p, i), p.bank[i], p.row[i], p.burst[i]].join())].join('\n');

const orNone = (n: number | undefined) => (n === undefined || n < 0 ? '–' : count(n));

function inWindow(p: Picture, w: Span<number>): number[] {
  const found: number[] = [];
  p.clock.forEach((t, i) => t >= w.from && t < w.to && found.push(i));
  return found;
}
