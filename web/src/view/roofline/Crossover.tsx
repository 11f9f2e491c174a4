import {count, plural, time} from '../../base/format';
import {decades, rangeOf} from '../../base/scale';
import {passesOf, timeAt} from '../../state/place';
import type {Site} from '../../state/place';
import {binsOf, coldSite} from '../../state/roofline';
import {Figure, Table} from '../Figure';
import {Plot, outline, path} from '../plot/Plot';
import type {Axis, Frame} from '../plot/Plot';
import type {Scene} from './Roofline';
import {fewTicks, sitesOf, tickText, timeTick, tokensRange} from './scales';
import {SiteLegend, looks, sizeOf} from './sites';

const height = 320;

/** Move the weights, or compute in place: what one expert takes, by its tokens. */
export function Crossover({scene}: {readonly scene: Scene}) {
  const sites = sitesOf(scene.scenario).filter((s) => s !== 'gpu');
  return (
    <Figure
      title="Move the weights or compute in place" table={() => <CrossTable scene={scene} sites={sites} />}
      note="What one expert takes by itself, all transfers included. In place, the time climbs a step with every pass over the weights; moved, it hardly depends on tokens. Points are this layer’s experts, where they were computed."
    >
      <SiteLegend sites={sites} />
      <Picture scene={scene} sites={sites} />
      <Histogram scene={scene} />
    </Figure>
  );
}

interface SitesProps {
  readonly scene: Scene;
  readonly sites: readonly Site[];
}

/** Token counts at which a curve may bend: all small ones, and both sides of each step. */
function samples(scene: Scene, to: number): number[] {
  const {rows} = scene.scenario.machine.device.ndp;
  const steps = scene.scenario.machine.device.count > 0 ? rows : 1;
  const all = new Set<number>([1, to]);
  for (let t = 1; t <= to; t = Math.max(t + 1, Math.floor(t * 1.02))) {
    const edge = Math.ceil(t / steps) * steps;
    for (const v of [edge, edge + 1]) if (v <= to) all.add(v);
  }
  return [...all].sort((a, b) => a - b);
}

function Picture({scene, sites}: SitesProps) {
  const {scenario, cross, load, tokens, aim} = scene;
  const xr = tokensRange(scene);
  const counts = samples(scene, xr.to);
  const y = rangeOf(sites.flatMap((s) => [timeAt(scenario, s, 1), timeAt(scenario, s, xr.to)]));
  const axis: readonly [Axis, Axis] = [
    {range: xr, ticks: fewTicks(xr), text: tickText, title: 'tokens of the expert'},
    {range: y, ticks: decades(y), text: timeTick, title: 'time'},
  ];
  return (
    <Plot x={axis[0]} y={axis[1]} height={height} label={spoken(scene)} point={aim}>
      {(f) => (
        <>
          <line class="cursor" x1={f.x(tokens)} x2={f.x(tokens)} y1={f.top} y2={f.bottom} />
          {sites.map((s) => <path key={s} class={`roof site-${s}`} d={path(counts.map((t) => [f.x(t), f.y(timeAt(scenario, s, t))]))} stroke-dasharray={looks[s].dash} />)}
          {load.groups.filter((g) => g.site !== 'gpu').map((g) => (
            <path key={`${g.tokens} ${g.site}`} class={`point site-${g.site}`} d={outline(looks[g.site].shape, f.x(Math.max(1, g.tokens)), f.y(timeAt(scenario, g.site, g.tokens)), sizeOf(g))} />
          ))}
          {cross !== null && cross > 1 && cross < xr.to && <Mark f={f} tokens={cross} at={timeAt(scenario, 'moved', cross)} />}
        </>
      )}
    </Plot>
  );
}

function Mark({f, tokens, at}: {readonly f: Frame; readonly tokens: number; readonly at: number}) {
  const [x, y] = [f.x(tokens), f.y(at)];
  const left = x > (f.left + f.right) / 2;
  return (
    <g class="mark" aria-hidden="true">
      <line x1={x} x2={x} y1={f.top} y2={f.bottom} />
      <circle cx={x} cy={y} r="5" />
      <text x={left ? x - 8 : x + 8} y={f.top + 12} text-anchor={left ? 'end' : 'start'}>{plural(tokens, 'token')}</text>
    </g>
  );
}

const spoken = ({cross, scenario, tokens}: Scene) =>
  `Time of one expert by its tokens. ${cross === null ? 'Computing in place is always faster.' : `From ${plural(cross, 'token')} on moving the weights is faster.`} At ${plural(tokens, 'token')}: ${sitesOf(scenario).map((s) => `${looks[s].name} ${time(timeAt(scenario, s, tokens))}`).join(', ')}.`;

/** How many experts of the layer have how many tokens. */
function Histogram({scene: {load, cross, report}}: {readonly scene: Scene}) {
  const [only] = load.groups;
  const cold = coldSite(report.strategy);
  if (!only) return <p class="note">No expert of this layer has a token.</p>;
  if (load.average) return <p class="note">The layer ran many times. On average {tickText(only.experts)} experts were active in a pass, with {only.tokens.toFixed(2)} tokens each; the report does not keep the counts of every pass.</p>;
  const bins = binsOf(load.groups);
  const most = Math.max(...bins.map((b) => b.experts));
  return (
    <div class="histogram">
      <h3 id="histogram">Experts of this layer by their tokens</h3>
      <ul aria-labelledby="histogram">
        {bins.map((b) => (
          <li key={b.from}>
            <span class="bin-name">{b.to - b.from === 1 ? count(b.from) : `${count(b.from)}–${count(b.to - 1)}`}</span>
            <span class="bin-track" aria-hidden="true">
              {b.experts > b.moved && <span class={`segment r-${looks[cold].colour}`} style={{width: `${((b.experts - b.moved) / most) * 100}%`}} />}
              {b.moved > 0 && <span class="segment r-link_in" style={{width: `${(b.moved / most) * 100}%`}} />}
            </span>
            <span class="bin-count">{plural(b.experts, 'expert')}{b.moved > 0 && `, ${count(b.moved)} moved`}{cross !== null && cross >= b.from && cross < b.to && <strong> – crossover at {count(cross)}</strong>}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function CrossTable({scene, sites}: SitesProps) {
  const {scenario, cross} = scene;
  const to = tokensRange(scene).to;
  const counts = new Set([1, 2, 3, 4, 5, 6, 8]);
  for (let t = 16; t <= to; t *= 2) counts.add(t);
  if (cross !== null && cross > 1) counts.add(cross - 1).add(cross);
  return (
    <Table
      caption="Time of one expert by its tokens" rows={[...counts].filter((t) => t <= to).sort((a, b) => a - b)}
      columns={[
        {title: 'Tokens', cell: (t) => `${count(t)}${t === cross ? ' (crossover)' : ''}`},
        ...(sites.includes('device') ? [{title: 'Passes', cell: (t: number) => count(passesOf(scenario.machine, t))}] : []),
        ...sites.map((s) => ({title: looks[s].name, cell: (t: number) => time(timeAt(scenario, s, t))})),
      ]}
    />
  );
}
