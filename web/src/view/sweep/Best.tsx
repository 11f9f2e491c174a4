import {useEffect, useState} from 'preact/hooks';
import {percent, resource, short, time} from '../../base/format';
import {bestOf, knownMetrics, metricOf} from '../../state/sweepmetrics';
import {goesOn} from '../../state/sweeps';
import {shortText, titleOf} from '../../state/sweepfields';
import type {SweepField} from '../../state/sweepfields';
import {useStore} from '../../state/store';
import type {SweepRow, SweepState} from '../../wire.gen';
import {Table} from '../Figure';
import {linkTo, openPoint} from './open';

interface BestProps {
  readonly state: SweepState;
  readonly rows: readonly SweepRow[];
  readonly fields: readonly SweepField[];
}

/** How many are listed. */
const most = 10;

/** The best points by a figure, each a link that opens it. */
export function Best({state, rows, fields}: BestProps) {
  const [key, setKey] = useState('latency');
  const metric = metricOf(key);
  const known = knownMetrics(rows);
  const best = bestOf(metric, rows, most);
  const links = useLinks(state, best);
  const own = !['latency', 'throughput'].includes(metric.key);
  const varied = state.sweep.axes.map((_, i) => i);
  const result = (r: SweepRow) => r.result!;
  return (
    <section class="card sweep-best" aria-labelledby="best">
      <div class="figure-head">
        <h2 id="best">Best points{goesOn(state) && ' so far'}</h2>
        <label class="inline">by
          <select value={metric.key} onChange={(e) => setKey(e.currentTarget.value)}>{known.map((m) => <option key={m.key} value={m.key}>{m.title}</option>)}</select>
        </label>
      </div>
      <p class="note">{metric.better === 'less' ? 'The least first.' : 'The most first.'} A name opens the point as a scenario, with the same digest.<span class="on-phone"> The table scrolls sideways.</span></p>
      <Table
        caption={`Best points by ${metric.title}`} rows={best}
        columns={[
          {title: 'Point', text: true, cell: (r) => <Opener state={state} row={r} rank={best.indexOf(r) + 1} link={links.get(r.index)} />},
          ...varied.map((i) => ({title: titleOf(fields[i]!), cell: (r: SweepRow) => shortText(fields[i]!, r.values[i]!)})),
          ...(own ? [{title: metric.title, cell: (r: SweepRow) => metric.text(metric.of(result(r)))}] : []),
          {title: 'Latency', cell: (r) => time(result(r).latency_ps)},
          {title: 'Tokens/s', cell: (r) => short(result(r).tokens_per_second)},
          {title: 'Waits for', text: true, cell: (r) => `${resource(result(r).limit)} ${percent(result(r).limit_share)}`},
        ]}
      />
    </section>
  );
}

/** Links to points, once the sweep is over and they stay. */
function useLinks(state: SweepState, rows: readonly SweepRow[]): ReadonlyMap<number, string> {
  const store = useStore();
  const [links, setLinks] = useState<ReadonlyMap<number, string>>(new Map());
  const wanted = goesOn(state) ? '' : rows.map((r) => r.index).join();
  useEffect(() => {
    if (wanted === '') return;
    let left = false;
    void Promise.all(rows.map(async (r) => [r.index, await linkTo(store, state, r)] as const)).then((found) => {
      if (!left) setLinks(new Map(found.flatMap(([i, l]) => (l === null ? [] : [[i, l] as const]))));
    });
    return () => (left = true);
  }, [wanted]);
  return links;
}

interface OpenerProps {
  readonly state: SweepState;
  readonly row: SweepRow;
  readonly rank: number;
  readonly link: string | undefined;
}

function Opener({state, row, rank, link}: OpenerProps) {
  const store = useStore();
  const open = (e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    void openPoint(store, state, row);
  };
  const name = `Point ${row.index}`;
  return (
    <>
      <span class="rank">{rank}</span> {link ? <a href={link} data-digest={row.result?.digest} onClick={open}>{name}</a> : <button type="button" class="plain" data-digest={row.result?.digest} onClick={open}>{name}</button>}
      {row.result?.simulated_only && <>{' '}<span class="badge bad">simulated only</span></>}
      {row.result?.fits === false && <>{' '}<span class="badge bad">does not fit</span></>}
    </>
  );
}
