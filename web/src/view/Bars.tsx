import {percent, ratio, resource, short, time} from '../base/format';
import type {Result} from '../engine/engine';
import type {Entry} from '../state/entries';
import {baselineOf, limit, reportsOf, sequences, speedup} from '../state/headline';
import {lackOf, needLine} from '../state/needs';
import type {Outcome, Pause} from '../state/runner';
import {useStore} from '../state/store';
import {Badges} from './Badges';
import {barOf} from './draw/bars';
import type {Segment} from './draw/bars';
import {Figure, Table} from './Figure';

interface Row {
  readonly entry: Entry;
  readonly outcome: Outcome | undefined;
}

/** Compares strategies; every bar is a button that selects its strategy. */
export function Bars() {
  const {editor, runner} = useStore();
  const {outcomes, stale} = runner.comparison.value;
  const compared = editor.compared.value;
  const rows = editor.entries.filter((e) => compared.includes(e.name)).map((entry) => ({entry, outcome: outcomes.get(entry.name)}));
  const reports = reportsOf(outcomes);
  const longest = Math.max(0, ...reports.map((r) => r.latency_ps / sequences(r, reports)));
  return (
    <Figure title="Strategies" note={<>{reports.some((r) => sequences(r, reports) > 1) ? 'Latency, shorter is better; of what has more sequences, the part for as many.' : 'Latency, shorter is better.'} Colour and pattern say what the time waited for. Choose one to see it in detail.</>} table={() => <BarTable rows={rows} />}>
      <Legend names={resourcesOf(outcomes)} />
      <ul class={stale ? 'bars stale' : 'bars'}>
        {rows.map((row) => <li key={row.entry.name}><BarButton row={row} longest={longest} reports={reports} /></li>)}
      </ul>
    </Figure>
  );
}

/** The usual resources, and what else any strategy used. */
function resourcesOf(outcomes: ReadonlyMap<string, Outcome>): readonly string[] {
  const used = reportsOf(outcomes).flatMap((r) => r.resources.filter((x) => x.busy_ps > 0).map((x) => x.name));
  return [...new Set([...usual, ...used])];
}

/** What the legend always shows: it keeps its place. */
const usual: readonly string[] = ['gpu', 'link_in', 'link_out', 'ndp', 'cpu'];

/** What the colours and patterns stand for. */
export function Legend({names}: {readonly names: readonly string[]}) {
  return <ul class="legend">{names.map((n) => <li key={n}><span class={`swatch r-${n}`} aria-hidden="true" />{resource(n)}</li>)}</ul>;
}

interface BarProps {
  readonly row: Row;
  readonly longest: number;
  readonly reports: readonly Result[];
}

function BarButton({row: {entry, outcome}, longest, reports}: BarProps) {
  const {editor, runner} = useStore();
  const report = outcome?.report;
  const times = report ? sequences(report, reports) : 1;
  const bar = report && barOf(report, longest * times);
  const more = times > 1 ? `${short(times)}× the sequences · ` : '';
  return (
    <button type="button" class="bar" aria-pressed={runner.selected.value === entry.name} onClick={() => editor.select(entry)}>
      <span class="bar-name">{entry.title}{outcome?.ran?.mark}<Badges of={outcome?.ran?.badges ?? entry.badges} /></span>
      <span class="bar-value">{report ? time(report.latency_ps) : ''}{report && <SpeedUp outcome={outcome} />}</span>
      <span class="bar-track" aria-hidden="true">{bar?.segments.map((s) => <SegmentBox key={s.resource} segment={s} />)}</span>
      <span class="bar-labels">{bar ? more + bar.segments.filter((s) => s.share >= 0.01).map((s) => `${resource(s.resource)} ${percent(s.share)}`).join(' · ') : <Reason entry={entry} outcome={outcome} />}</span>
    </button>
  );
}

const wide = (share: number) => ({width: `${(share * 100).toFixed(3)}%`});

function SegmentBox({segment}: {readonly segment: Segment}) {
  return <span class={`segment r-${segment.resource}`} style={wide(segment.width)} />;
}

function SpeedUp({outcome}: {readonly outcome: Outcome}) {
  const base = baselineOf(useStore().runner.comparison.value.outcomes);
  if (!base || !outcome.report) return null;
  return <span class="bar-speed">{ratio(speedup(outcome.report, base))}</span>;
}

const paused: Readonly<Record<Pause['kind'], string>> = {cancelled: 'cancelled', held: 'not simulated yet'};

/** Why a strategy has no bar. */
export function Reason({entry, outcome}: Row) {
  const {runner, editor} = useStore();
  const pause = runner.pause.value;
  const machine = editor.scenario.value.machine;
  const failed = outcome?.failed;
  if (!failed) return <span class="reason">{pause ? paused[pause.kind] : 'waiting…'}</span>;
  const lack = lackOf(entry.spec, machine);
  if (lack) return <span class="reason">{needLine(lack, machine)}</span>;
  return <span class="reason">Not possible: {failed.fields.map((f) => f.reason).join('; ') || failed.reason}</span>;
}

function BarTable({rows}: {readonly rows: readonly Row[]}) {
  const base = baselineOf(new Map(rows.flatMap((r) => (r.outcome ? [[r.entry.name, r.outcome]] : []))));
  const names = rows.find((r) => r.outcome?.report)?.outcome?.report?.resources.map((x) => x.name) ?? [];
  const of = (row: Row, cell: (r: Result) => string) => (row.outcome?.report ? cell(row.outcome.report) : '–');
  return (
    <Table
      caption="Strategies compared" rows={rows}
      columns={[
        {title: 'Strategy', text: true, cell: (x) => x.entry.title + (x.outcome?.ran?.mark ?? '')},
        {title: 'Latency', cell: (x) => of(x, (r) => time(r.latency_ps))},
        {title: 'Against GPU+PM', cell: (x) => of(x, (r) => (base ? ratio(speedup(r, base)) : '–'))},
        {title: 'Waits most for', text: true, cell: (x) => (x.outcome?.report ? resource(limit(x.outcome.report).name) : <Reason entry={x.entry} outcome={x.outcome} />)},
        ...names.map((name, i) => ({title: resource(name), cell: (x: Row) => of(x, (r) => percent((r.resources[i]?.critical_ps ?? 0) / r.latency_ps))})),
      ]}
    />
  );
}
