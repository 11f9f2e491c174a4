import {percent, ratio, resource, time} from '../base/format';
import type {Entry} from '../state/entries';
import {baselineOf, limit, reportsOf, speedup} from '../state/headline';
import type {Outcome} from '../state/runner';
import {useStore} from '../state/store';
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
  const outcomes = runner.outcomes.value;
  const compared = editor.compared.value;
  const rows = editor.entries.filter((e) => compared.includes(e.name)).map((entry) => ({entry, outcome: outcomes.get(entry.name)}));
  const longest = Math.max(0, ...rows.map((r) => r.outcome?.report?.latency_ps ?? 0));
  return (
    <Figure title="Strategies" note="Latency, shorter is better. Colour and pattern say what the time waited for. Choose one to see it in detail." table={() => <BarTable rows={rows} />}>
      <Legend names={resourcesOf(outcomes)} />
      <ul class={runner.stale.value ? 'bars stale' : 'bars'}>
        {rows.map((row) => <li key={row.entry.name}><BarButton row={row} longest={longest} /></li>)}
      </ul>
    </Figure>
  );
}

const resourcesOf = (outcomes: ReadonlyMap<string, Outcome>) => reportsOf(outcomes)[0]?.resources.map((r) => r.name) ?? usual;

/** What a report names, before there is one: the legend keeps its place. */
const usual: readonly string[] = ['gpu', 'link_in', 'link_out', 'ndp', 'cpu'];

/** What the colours and patterns stand for. */
export function Legend({names}: {readonly names: readonly string[]}) {
  return <ul class="legend">{names.map((n) => <li key={n}><span class={`swatch r-${n}`} aria-hidden="true" />{resource(n)}</li>)}</ul>;
}

function BarButton({row: {entry, outcome}, longest}: {readonly row: Row; readonly longest: number}) {
  const {editor, runner} = useStore();
  const report = outcome?.report;
  const bar = report && barOf(report, longest);
  return (
    <button type="button" class="bar" aria-pressed={runner.selected.value === entry.name} onClick={() => editor.select(entry)}>
      <span class="bar-name">{entry.title}</span>
      <span class="bar-value">{report ? time(report.latency_ps) : ''}{report && <SpeedUp outcome={outcome} />}</span>
      <span class="bar-track" aria-hidden="true">{bar?.segments.map((s) => <SegmentBox key={s.resource} segment={s} />)}</span>
      <span class="bar-labels">{bar ? bar.segments.filter((s) => s.share >= 0.01).map((s) => `${resource(s.resource)} ${percent(s.share)}`).join(' · ') : <Reason outcome={outcome} />}</span>
    </button>
  );
}

const wide = (share: number) => ({width: `${(share * 100).toFixed(3)}%`});

function SegmentBox({segment}: {readonly segment: Segment}) {
  return <span class={`segment r-${segment.resource}`} style={wide(segment.width)} />;
}

function SpeedUp({outcome}: {readonly outcome: Outcome}) {
  const base = baselineOf(useStore().runner.outcomes.value);
  if (!base || !outcome.report) return null;
  return <span class="bar-speed">{ratio(speedup(outcome.report, base))}</span>;
}

function Reason({outcome}: {readonly outcome: Outcome | undefined}) {
  return <span class="reason">{outcome?.failed ? `Not possible: ${outcome.failed.fields.map((f) => f.reason).join('; ') || outcome.failed.reason}` : 'waiting…'}</span>;
}

function BarTable({rows}: {readonly rows: readonly Row[]}) {
  const base = baselineOf(new Map(rows.flatMap((r) => (r.outcome ? [[r.entry.name, r.outcome]] : []))));
  const done = rows.flatMap(({entry, outcome}) => (outcome?.report ? [{entry, r: outcome.report}] : []));
  const names = done[0]?.r.resources.map((x) => x.name) ?? [];
  return (
    <Table
      caption="Strategies compared" rows={done}
      columns={[
        {title: 'Strategy', text: true, cell: (x) => x.entry.title},
        {title: 'Latency', cell: (x) => time(x.r.latency_ps)},
        {title: 'Against GPU+PM', cell: (x) => (base ? ratio(speedup(x.r, base)) : '–')},
        {title: 'Waits most for', text: true, cell: (x) => resource(limit(x.r).name)},
        ...names.map((name, i) => ({title: resource(name), cell: (x: (typeof done)[number]) => percent((x.r.resources[i]?.critical_ps ?? 0) / x.r.latency_ps)})),
      ]}
    />
  );
}
