import {useState} from 'preact/hooks';
import {labelled, rangeOf, ticksOf} from '../../base/scale';
import {drawn, figureOf, frontOf} from '../../state/advise';
import type {Drawn} from '../../state/advise';
import type {Candidate} from '../../wire.gen';
import {Figure, Table} from '../Figure';
import {Plot, outline, path} from '../plot/Plot';
import type {Axis, Frame} from '../plot/Plot';
import {figures} from './words';

/** Candidates by two of their figures, with the front of these two. */
export function Front({rows}: {readonly rows: readonly Candidate[]}) {
  const [x, setX] = useState<Drawn>('latency');
  const [y, setY] = useState<Drawn>('energy');
  const known = drawn.filter((d) => rows.every((r) => figureOf[d](r) > 0));
  const [across, up] = [known.includes(x) ? x : 'latency', known.includes(y) ? y : 'energy'];
  const front = frontOf(rows, across, up);
  const best = `On the front: ${front.map((r) => `${rows.indexOf(r) + 1} (${r.title})`).join(', ')}.`;
  const tools = (
    <>
      <AxisPicker label="Across" value={across} known={known} onPick={setX} />
      <AxisPicker label="Up" value={up} known={known} onPick={setY} />
    </>
  );
  return (
    <Figure title="What is traded for what" note={`${best} Numbers are those of the table; circles: the error is known; diamonds: simulated only.`} tools={tools} table={() => <FrontTable rows={rows} front={front} x={across} y={up} />}>
      <Plot x={axisOf(rows, across)} y={axisOf(rows, up)} height={380} label={`${figures[up].title} against ${figures[across].title} of ${rows.length} candidates. ${best}`}>
        {(f) => <Points rows={rows} front={front} x={across} y={up} f={f} />}
      </Plot>
    </Figure>
  );
}

function AxisPicker({label, value, known, onPick}: {readonly label: string; readonly value: Drawn; readonly known: readonly Drawn[]; readonly onPick: (d: Drawn) => void}) {
  return (
    <label class="inline">{label}
      <select value={value} onChange={(e) => onPick(known.find((d) => d === e.currentTarget.value) ?? value)}>
        {known.map((d) => <option key={d} value={d}>{figures[d].title}</option>)}
      </select>
    </label>
  );
}

function axisOf(rows: readonly Candidate[], d: Drawn): Axis {
  const {from, to} = rangeOf(rows.map(figureOf[d]));
  const range = {from: from / 1.25, to: to * 1.25};
  const ticks = ticksOf(range, 6);
  return {range, ticks: labelled(ticks, range, 0.12), text: figures[d].text, title: figures[d].title};
}

interface PointsProps {
  readonly rows: readonly Candidate[];
  readonly front: readonly Candidate[];
  readonly x: Drawn;
  readonly y: Drawn;
  readonly f: Frame;
}

function Points({rows, front, x, y, f}: PointsProps) {
  const at = (r: Candidate) => [f.x(figureOf[x](r)), f.y(figureOf[y](r))] as const;
  return (
    <g aria-hidden="true">
      <path class="front-line" d={path(front.map(at))} />
      {rows.map((r, i) => {
        const [px, py] = at(r);
        return (
          <g key={i} class={front.includes(r) ? 'front-point on' : 'front-point'}>
            <path d={outline(r.unknown.length > 0 ? 'diamond' : 'circle', px, py, 5)}><title>{r.title}</title></path>
            <text x={px + 8} y={py - 6 + (i % 2) * 16}>{i + 1}</text>
          </g>
        );
      })}
    </g>
  );
}

function FrontTable({rows, front, x, y}: Omit<PointsProps, 'f'>) {
  const axes = [...new Set([x, y])];
  return (
    <Table
      caption="Candidates by two figures" rows={rows.map((row, i) => ({row, i}))}
      columns={[
        {title: 'Strategy', text: true, cell: ({row, i}) => `${i + 1} ${row.title}`},
        ...axes.map((d) => ({title: figures[d].title, cell: ({row}: {row: Candidate}) => figures[d].text(figureOf[d](row))})),
        {title: 'On the front', text: true, cell: ({row}) => (front.includes(row) ? 'yes' : 'no')},
      ]}
    />
  );
}
