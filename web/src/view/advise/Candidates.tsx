import {energy, percent, short, size, time} from '../../base/format';
import {useStore} from '../../state/store';
import type {Advice, Candidate} from '../../wire.gen';
import {Badges} from '../Badges';
import {Table} from '../Figure';

/** Every row, the best first, with a link that opens it. */
export function Candidates({advice}: {readonly advice: Advice}) {
  const {rows} = advice;
  const some = (pick: (c: Candidate) => number) => rows.some((r) => pick(r) > 0);
  return (
    <section class="card advise-rows" aria-labelledby="candidates">
      <h2 id="candidates">Ranked</h2>
      <p class="note">Rows of one group cannot be told apart within the error of validation. The front holds what no other row beats in latency, throughput, energy and memory at once. A name opens its scenario.<span class="on-phone"> The table scrolls sideways.</span></p>
      <Table
        caption="Candidates, the best first" rows={rows.map((row, i) => ({row, i}))}
        columns={[
          {title: 'Strategy', text: true, cell: ({row, i}) => <><Opener row={row} n={i + 1} /><Marks row={row} /></>},
          {title: 'Group', cell: ({row}) => (row.group > 0 ? row.group : <abbr title="error not known">?</abbr>)},
          {title: 'Latency', cell: ({row}) => time(row.latency_ps)},
          {title: 'Error', cell: ({row}) => errorText(row)},
          ...(some((r) => r.ttft_ps) ? [{title: 'TTFT', cell: ({row}: {row: Candidate}) => time(row.ttft_ps)}] : []),
          ...(some((r) => r.tpot_ps) ? [{title: 'TPOT', cell: ({row}: {row: Candidate}) => time(row.tpot_ps)}] : []),
          {title: 'Tokens/s', cell: ({row}) => short(row.tokens_per_second)},
          {title: 'Energy/token', cell: ({row}) => energy(row.energy_per_token_pj)},
          {title: 'GPU memory', cell: ({row}) => size(row.gpu_memory_bytes)},
        ]}
      />
    </section>
  );
}

/** How far a row may be off. */
const errorText = (c: Candidate) => (c.unknown.length > 0 ? 'not known' : `± ${percent(c.error)}${c.outside ? ', extrapolated' : ''}`);

function Marks({row}: {readonly row: Candidate}) {
  return (
    <span class="badges">
      {row.given && <span class="badge">yours</span>}
      {row.front && <span class="badge good">on the front</span>}
      <Badges of={row.badges} />
    </span>
  );
}

/** Opens a row's scenario where strategies are compared; in another tab too, for it is a link. */
function Opener({row, n}: {readonly row: Candidate; readonly n: number}) {
  const {spare, editor, lens, notices} = useStore();
  const open = async (e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    try {
      const found = await spare.resolve(row.short);
      editor.replace(found.full, 'pick');
      lens.set({view: 'strategies'}, 'pick');
    } catch {
      notices.warn(`${row.title} cannot be opened.`);
    }
  };
  return <><span class="rank">{n}</span> <a href={row.link} onClick={(e) => void open(e)}>{row.title}</a></>;
}
