import {bestOf, figureOf} from '../../state/sweepmetrics';
import type {Metric} from '../../state/sweepmetrics';
import {shortText, titleOf} from '../../state/sweepfields';
import {useStore} from '../../state/store';
import {Table} from '../Figure';
import {openPoint} from './open';
import type {PictureProps} from './Picture';

/** How many rows a table shows. */
const most = 200;

/** Drawn points as a table, the best first. */
export function ScatterTable({state, rows, fields, metric}: PictureProps & {readonly metric: Metric}) {
  const store = useStore();
  const failed = rows.filter((r) => !r.result).slice(0, 20);
  const shown = [...bestOf(metric, rows, most), ...failed];
  return (
    <>
      {rows.length > shown.length && <p class="note">The best {most}, and some that failed; the files below hold all.</p>}
      <Table
        caption={`Points by ${metric.title}`} rows={shown}
        columns={[
          {title: 'Point', text: true, cell: (r) => (r.result ? <button type="button" class="plain" onClick={() => void openPoint(store, state, r)}>Open {r.index}</button> : r.index)},
          ...fields.map((f, i) => ({title: titleOf(f), cell: (r: (typeof shown)[number]) => shortText(f, r.values[i]!)})),
          {title: metric.title, cell: (r) => (r.result ? metric.text(figureOf(metric, r)) : r.failed)},
        ]}
      />
    </>
  );
}
