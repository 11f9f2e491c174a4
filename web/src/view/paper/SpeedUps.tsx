import type {ComponentChildren} from 'preact';
import {count, ratio, time} from '../../base/format';
import {rangeOf} from '../../base/scale';
import type {Bench} from '../../state/bench';
import {baseOf, cellOf, speedOf} from '../../state/paper';
import type {Cells, Config, Plan, Point, Subject} from '../../state/paper';
import {Figure, Table} from '../Figure';
import {PanelBars, useSight} from './Bars';

interface SpeedUpsProps {
  readonly bench: Bench;
  readonly plan: Plan;
  readonly title: string;
  readonly note: ComponentChildren;
}

/** Speed-ups over GPU+PM: bars with bands, and their table. */
export function SpeedUps({bench, plan, title, note}: SpeedUpsProps) {
  const sight = useSight(bench, plan.id);
  const cells = bench.cells.value;
  const known = plan.panels.flatMap((p) => p.points.flatMap((x) => plan.configs.map((c) => speedOf(cells, x, c)))).filter((s) => s !== null);
  const range = rangeOf([0.9, 2, ...known.flatMap((s) => [s.low, s.high])]);
  return (
    <div ref={sight} id={`figure-${plan.id}`}>
      <Figure title={title} note={note} table={() => <SpeedTable plan={plan} cells={cells} title={title} />}>
        <PanelBars bench={bench} plan={plan} range={range} />
      </Figure>
    </div>
  );
}

type Row = readonly [subject: Subject, point: Point];

function SpeedTable({plan, cells, title}: {readonly plan: Plan; readonly cells: Cells; readonly title: string}) {
  const rows: Row[] = plan.panels.flatMap((p) => p.points.map((x) => [p.subject, x] as const));
  return (
    <Table
      caption={title} rows={rows}
      columns={[
        {title: 'Model', text: true, cell: ([s]) => s.name},
        {title: 'Point', text: true, cell: ([, p]) => p.label},
        {title: 'GPU+PM takes', cell: ([, p]) => whenKnown(baseOf(cells, p)?.latency, time)},
        ...plan.configs.map((c) => ({title: c, cell: ([, p]: Row) => speedText(cells, p, c)})),
        {title: 'α of MD+LB', cell: ([, p]) => whenKnown(cellOf(cells, p, 'MD+LB')?.alpha, (a) => String(Number(a.toPrecision(3))))},
        {title: 'Hot experts', cell: ([, p]) => whenKnown(cellOf(cells, p, 'MD+LB')?.hot, count)},
      ]}
    />
  );
}

const whenKnown = <T,>(v: T | undefined, text: (v: T) => string) => (v === undefined ? '…' : text(v));

function speedText(cells: Cells, p: Point, c: Config): string {
  const s = speedOf(cells, p, c);
  if (!s) return '…';
  return s.skews === 0 ? ratio(s.value) : `${ratio(s.value)} (${ratio(s.low)} to ${ratio(s.high)})`;
}
