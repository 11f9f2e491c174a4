import {count, plural} from '../../base/format';
import {decades, rangeOf} from '../../base/scale';
import {curveOf, farthest, rowsOf, sitesOf, timeAt, tokensRange, wholeOf} from '../../state/place';
import type {Site} from '../../state/place';
import {binsOf, coldSite} from '../../state/roofline';
import {Figure, Table} from '../Figure';
import {Plot, outline, path} from '../plot/Plot';
import type {Axis, Frame} from '../plot/Plot';
import type {Scene} from './Roofline';
import {fewTicks, tickText, timeTick} from './scales';
import {SiteLegend, looks, sizeOf, timeText} from './sites';

const height = 320;

/** Move the weights, or compute in place: what one expert takes, by its tokens. */
export function Crossover({scene}: {readonly scene: Scene}) {
  const sites = sitesOf(scene.scenario).filter((s) => s !== 'gpu');
  const beyond = scene.load.groups.some((g) => g.tokens > farthest) ? ` Experts with more than ${plural(farthest, 'token')} are not drawn.` : '';
  return (
    <Figure
      title="Move the weights or compute in place" table={() => <CrossTable scene={scene} sites={sites} />}
      note={`What one expert takes by itself, all transfers and calls included. ${scene.figures.home === 'device' ? 'On the device, the time climbs a step with every pass over the weights; moved' : 'Moved'}, it hardly depends on tokens while there are few. Points are this layer’s experts, where they were computed.${beyond}`}
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

/** A site's times with some numbers of tokens, those that there are. */
function timesOf({figures}: Scene, site: Site, counts: readonly number[]): (readonly [tokens: number, time: number])[] {
  return counts.flatMap((t) => {
    const time = timeAt(figures, site, t);
    return time === undefined ? [] : [[t, time] as const];
  });
}

function Picture({scene, sites}: SitesProps) {
  const {cross, load, tokens, aim} = scene;
  const xr = tokensRange(load.groups, cross);
  const counts = curveOf(scene.scenario.machine, xr.to);
  const curves = sites.map((s) => [s, timesOf(scene, s, counts)] as const);
  const y = rangeOf(curves.flatMap(([, points]) => points.map(([, time]) => time)));
  const axis: readonly [Axis, Axis] = [
    {range: xr, ticks: fewTicks(xr), text: tickText, title: 'tokens of the expert'},
    {range: y, ticks: decades(y), text: timeTick, title: 'time'},
  ];
  return (
    <Plot x={axis[0]} y={axis[1]} height={height} label={spoken(scene)} point={aim}>
      {(f) => (
        <>
          <line class="cursor" x1={f.x(tokens)} x2={f.x(tokens)} y1={f.top} y2={f.bottom} />
          {curves.map(([s, points]) => <path key={s} class={`roof site-${s}`} d={path(points.map(([t, time]) => [f.x(t), f.y(time)]))} stroke-dasharray={looks[s].dash} />)}
          {load.groups.filter((g) => g.site !== 'gpu').map((g) => timesOf(scene, g.site, [wholeOf(g)]).map(([t, time]) => (
            <path key={`${g.tokens} ${g.site}`} class={`point site-${g.site}`} d={outline(looks[g.site].shape, f.x(t), f.y(time), sizeOf(g))} />
          )))}
          {cross !== null && cross > 1 && cross < xr.to && timesOf(scene, 'moved', [cross]).map(([t, time]) => <Mark key={t} f={f} tokens={t} at={time} />)}
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

const spoken = ({cross, scenario, figures, read}: Scene) =>
  `Time of one expert by its tokens. ${cross === null ? 'Computing in place is always faster.' : `From ${plural(cross, 'token')} on moving the weights is faster.`} At ${plural(read, 'token')}: ${sitesOf(scenario).map((s) => `${looks[s].name} ${timeText(timeAt(figures, s, read))}`).join(', ')}.`;

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
  const {figures, load, cross} = scene;
  return (
    <Table
      caption="Time of one expert by its tokens" rows={rowsOf(tokensRange(load.groups, cross).to, cross)}
      columns={[
        {title: 'Tokens', cell: (t) => `${count(t)}${t === cross ? ' (crossover)' : ''}`},
        ...(sites.includes('device') ? [{title: 'Passes', cell: (t: number) => count(figures.at.get(t)?.passes ?? 0)}] : []),
        ...sites.map((s) => ({title: looks[s].name, cell: (t: number) => timeText(timeAt(figures, s, t))})),
      ]}
    />
  );
}
