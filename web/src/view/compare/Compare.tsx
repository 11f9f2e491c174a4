import '/css/advise.css';
import {percent, resource, time} from '../../base/format';
import {picoseconds} from '../../base/units';
import type {Result} from '../../engine/engine';
import {explained, part, shiftsOf, signed, takes} from '../../state/compare';
import type {Shift} from '../../state/compare';
import type {Entry} from '../../state/entries';
import {useStore} from '../../state/store';
import {Badges} from '../Badges';
import {Legend, Reason} from '../Bars';
import {Controls} from '../Controls';
import {Figure, Table} from '../Figure';
import {SelectField} from '../fields';
import {BusyLine, Status} from '../Results';

interface Ran {
  readonly entry: Entry;
  readonly report: Result;
  readonly title: string;
  readonly badges: readonly string[];
}

/** What each compared strategy waits for more or less than one of them. */
export function CompareView() {
  const {editor, runner, lens} = useStore();
  const {outcomes, stale} = runner.comparison.value;
  const compared = editor.compared.value;
  const ran = editor.entries.filter((e) => compared.includes(e.name)).flatMap((entry): Ran[] => {
    const {report = null, ran} = outcomes.get(entry.name) ?? {};
    return report ? [{entry, report, title: entry.title + (ran?.mark ?? ''), badges: ran?.badges ?? entry.badges}] : [];
  });
  const wanted = lens.aim.value.against || runner.selected.value;
  const base = ran.find((r) => r.entry.name === wanted) ?? ran[0];
  return (
    <>
      <Controls folded />
      <main id="results" class="results" tabIndex={-1}>
        <Status />
        <BusyLine />
        {!base && !runner.pause.value && <p class="verdict plain">Simulating…</p>}
        {base && (
          <div class={stale ? 'detail stale' : 'detail'}>
            <section class="card against"><SelectField label="Compare the others with" value={base.entry.name} options={ran.map((r) => ({value: r.entry.name, label: r.title}))} onPick={(against) => lens.set({against}, 'pick')} /></section>
            {ran.length < 2 ? <p class="verdict plain">Choose at least two strategies to compare.</p> : <Differences base={base} others={ran.filter((r) => r !== base)} />}
            <Missing entries={editor.entries.filter((e) => compared.includes(e.name) && !ran.some((r) => r.entry === e))} />
          </div>
        )}
      </main>
    </>
  );
}

/** What is compared and did not run, and why. */
function Missing({entries}: {readonly entries: readonly Entry[]}) {
  const {outcomes} = useStore().runner.comparison.value;
  if (entries.length === 0) return null;
  return (
    <section class="card" aria-labelledby="missing">
      <h2 id="missing">Without a result</h2>
      <ul class="missing">{entries.map((e) => <li key={e.name}>{e.title}: <Reason entry={e} outcome={outcomes.get(e.name)} /></li>)}</ul>
    </section>
  );
}

function Differences({base, others}: {readonly base: Ran; readonly others: readonly Ran[]}) {
  const all = others.map((r) => ({...r, shifts: shiftsOf(r.report, base.report)}));
  const most = Math.max(1, ...all.flatMap((r) => r.shifts.map((s) => Math.abs(s.by))));
  const names = [...new Set(all.flatMap((r) => r.shifts.map((s) => s.resource)))];
  return (
    <Figure
      title={`Against ${base.title}, ${time(base.report.latency_ps)}`}
      note={`Each bar is how much longer (right) or shorter (left) the strategy waits for a resource; the bars of a strategy sum to its difference in latency.${others.some((r) => part(r.report, base.report) !== 1) ? ` Of what has other numbers of tokens, the part for as many as ${base.title} has.` : ''}`}
      table={() => <DifferenceTable base={base} rows={all} names={names} />}
    >
      <Legend names={names} />
      <ul class="differences">
        {all.map(({entry, title, badges, report, shifts}) => (
          <li key={entry.name}>
            <h3>{title}<Badges of={badges} /> <span>{time(report.latency_ps)}{part(report, base.report) === 1 ? ', ' : '; for as many tokens '}{signed(picoseconds(takes(report, base.report) - base.report.latency_ps))}</span></h3>
            <p>{explained(report, base.report, base.title)}{report.simulated_only || base.report.simulated_only ? ' Simulated only.' : ''}</p>
            <ul class="shifts">{shifts.map((s) => <ShiftBar key={s.resource} shift={s} most={most} />)}</ul>
          </li>
        ))}
      </ul>
    </Figure>
  );
}

function ShiftBar({shift: {resource: name, by}, most}: {readonly shift: Shift; readonly most: number}) {
  const bar = <span class={`shift-bar r-${name}`} style={{width: `${(100 * Math.abs(by)) / most}%`}} />;
  return (
    <li>
      <span class="shift-name">{resource(name)}</span>
      <span class="shift-half less" aria-hidden="true">{by < 0 && bar}</span>
      <span class="shift-half" aria-hidden="true">{by > 0 && bar}</span>
      <span class="shift-by">{signed(by)}</span>
    </li>
  );
}

interface TableProps {
  readonly base: Ran;
  readonly rows: readonly (Ran & {readonly shifts: readonly Shift[]})[];
  readonly names: readonly string[];
}

function DifferenceTable({base, rows, names}: TableProps) {
  return (
    <Table
      caption={`Differences against ${base.title}`} rows={rows}
      columns={[
        {title: 'Strategy', text: true, cell: (r) => r.title},
        {title: 'Latency', cell: (r) => time(r.report.latency_ps)},
        {title: 'Of it', cell: (r) => percent(takes(r.report, base.report) / base.report.latency_ps)},
        ...names.map((n) => ({title: resource(n), cell: (r: TableProps['rows'][number]) => signed(r.shifts.find((s) => s.resource === n)?.by ?? (0 as Shift['by']))})),
      ]}
    />
  );
}
