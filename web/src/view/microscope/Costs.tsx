import {count, energy, percent, plain, tenths} from '../../base/format';
import {picojoules, share, sum} from '../../base/units';
import {Table} from '../Figure';
import {meanings} from '../draw/describe';
import {kinds} from '../draw/picture';
import type {SeenProps} from './Summary';

const meaningOf = (name: string) => meanings[kinds.find((k) => name.startsWith(k)) ?? 'CAS'];

/** Commands, energy and area of the expert that is shown. */
export function Costs({seen: {sight}}: SeenProps) {
  const total = picojoules(sum(sight.energy.map((e) => e.energy_pj)));
  const area = sum(sight.area.map((a) => a.area_um2));
  return (
    <>
      <div class="pair">
        <section class="card" aria-labelledby="counts">
          <h2 id="counts">How many commands</h2>
          <Table
            caption="Commands of one channel over the whole run" rows={sight.counts}
            columns={[{title: 'Command', text: true, cell: (c) => c.name}, {title: 'Issued', cell: (c) => count(c.count)}, {title: 'What it does', text: true, cell: (c) => meaningOf(c.name)}]}
          />
          <p class="small">{tenths(sight.row_hits)} of the bursts found their row open.</p>
        </section>
        <section class="card" aria-labelledby="area">
          <h2 id="area">Area of the NDP core</h2>
          <Table
            caption="Area by block" rows={sight.area}
            columns={[{title: 'Block', text: true, cell: (a) => a.name}, {title: 'mm²', cell: (a) => plain(a.area_um2 / 1e6, 3)}, {title: 'Share', cell: (a) => percent(a.area_um2 / Math.max(1, area))}]}
          />
          <p class="small">{plain(area / 1e6, 3)} mm² in all, scaled from MoNDE’s synthesis at 28 nm.</p>
        </section>
      </div>
      <section class="card joules" aria-labelledby="joules">
        <h2 id="joules">Energy of this expert, all channels</h2>
        <Table
          caption="Energy by part" rows={sight.energy}
          columns={[
            {title: 'Part', text: true, cell: (e) => e.name},
            {title: 'Energy', cell: (e) => energy(e.energy_pj)},
            {title: 'Share', cell: (e) => percent(share(e.energy_pj, total))},
            {title: 'Source', text: true, cell: (e) => e.source},
          ]}
        />
        <p class="small">{energy(total)} in all.</p>
      </section>
    </>
  );
}
