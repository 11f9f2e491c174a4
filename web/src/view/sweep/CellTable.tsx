import {percent, resource} from '../../base/format';
import {figureOf} from '../../state/sweepmetrics';
import {shortText, titleOf} from '../../state/sweepfields';
import {useStore} from '../../state/store';
import {Table} from '../Figure';
import {openPoint} from './open';
import type {CellsProps} from './Picture';

/** How many rows a table shows. */
const most = 500;

/** What a map or lines show, as a table. */
export function CellTable({state, fields, metric, cells, x, y}: CellsProps & {readonly y: number | null}) {
  const store = useStore();
  const sorted = [...cells].sort((a, b) => a.x - b.x || a.y - b.y).slice(0, most);
  const axes = y === null ? [x] : [x, y];
  return (
    <>
      {cells.length > most && <p class="note">The first {most} of {cells.length}; the files below hold all.</p>}
      <Table
        caption={`${metric.title} of the points that the picture shows`} rows={sorted}
        columns={[
          ...axes.map((i) => ({title: titleOf(fields[i]!), text: true, cell: ({row}: typeof sorted[number]) => shortText(fields[i]!, row.values[i]!)})),
          {title: metric.title, cell: ({row}) => (Number.isNaN(figureOf(metric, row)) ? '–' : metric.text(figureOf(metric, row)))},
          {title: 'Waits for', text: true, cell: ({row}) => (row.result ? `${resource(row.result.limit)} ${percent(row.result.limit_share)}` : row.failed)},
          {title: 'Point', text: true, cell: ({row}) => (row.result ? <button type="button" class="plain" onClick={() => void openPoint(store, state, row)}>Open {row.index}</button> : `${row.index}`)},
        ]}
      />
    </>
  );
}
