import {count, plural, rate, short} from '../../base/format';
import {decades, rangeOf} from '../../base/scale';
import {intensity, moveRate, operations, roofsOf, timeAt, tokensAt, tokensRange, under, wholeOf} from '../../state/place';
import type {Roof} from '../../state/place';
import type {Group} from '../../state/roofline';
import {Figure, Table} from '../Figure';
import {Plot, outline, path} from '../plot/Plot';
import type {Axis, Frame} from '../plot/Plot';
import type {Scene} from './Roofline';
import {fewTicks, tickText} from './scales';
import {SiteLegend, looks, sizeOf} from './sites';

const height = 380;

/** What a group of experts reaches, in operations a second; undefined where no time is known. */
function reached({scenario, figures}: Scene, g: Group): number | undefined {
  const time = timeAt(figures, g.site, wholeOf(g));
  return time === undefined ? undefined : operations(scenario.model, wholeOf(g)) / (time / 1e12);
}

/** The roofs of the machine, and the layer's experts under them. */
export function Roofs({scene}: {readonly scene: Scene}) {
  const {scenario, load} = scene;
  const roofs = roofsOf(scenario, moveRate(scene.figures));
  const bf16 = scenario.model.expert_bits === 16;
  const several = scenario.machine.device.count > 1 ? ' The device’s roof is that of one device.' : '';
  return (
    <Figure
      title="Rooflines" table={() => <RoofTables scene={scene} roofs={roofs} />}
      note={<>Lines: the operations a second that each place allows. Points: this layer’s {load.average ? 'mean active expert, rounded to whole tokens; the report keeps sums over steps' : 'experts, larger where more are alike'}. {bf16 ? 'Weights are bf16, so an expert has one operation a byte for every token.' : `Weights take ${scenario.model.expert_bits} bits, so one token is ${short(intensity(scenario.model, 1))} operations a byte.`}{several}</>}
    >
      <SiteLegend sites={roofs.map((r) => r.site)} />
      <Picture scene={scene} roofs={roofs} />
    </Figure>
  );
}

interface RoofsProps {
  readonly scene: Scene;
  readonly roofs: readonly Roof[];
}

function axes(scene: Scene, roofs: readonly Roof[]): readonly [x: Axis, y: Axis] {
  const {scenario, load, cross} = scene;
  const ridges = roofs.filter((r) => r.site !== 'moved').map((r) => r.peak / r.rate);
  const tokens = tokensRange(load.groups, cross);
  const x = rangeOf([intensity(scenario.model, tokens.from), intensity(scenario.model, tokens.to), ...ridges.map((v) => v * 2)]);
  const points = load.groups.map((g) => reached(scene, g) ?? Number.NaN);
  const y = rangeOf([...roofs.map((r) => under(r, x.from)), ...points, Math.max(...roofs.map((r) => under(r, x.to))) * 1.5]);
  return [
    {range: x, ticks: fewTicks(x), text: tickText, title: scenario.model.expert_bits === 16 ? 'operations per byte = tokens' : 'operations per byte of weights'},
    {range: y, ticks: decades(y), text: tickText, title: 'FLOP/s'},
  ];
}

function Picture({scene, roofs}: RoofsProps) {
  const {scenario, load, tokens, aim} = scene;
  const [x, y] = axes(scene, roofs);
  return (
    <Plot x={x} y={y} height={height} label={spoken(scene, roofs)} point={(v) => aim(tokensAt(scenario.model, v))}>
      {(f) => (
        <>
          <line class="cursor" x1={f.x(intensity(scenario.model, tokens))} x2={f.x(intensity(scenario.model, tokens))} y1={f.top} y2={f.bottom} />
          {roofs.map((r) => <RoofLine key={r.site} roof={r} f={f} x={x} below={roofs.some((o) => o.peak > r.peak && o.peak < r.peak * 4)} />)}
          {load.groups.map((g) => <Point key={`${g.tokens} ${g.site}`} scene={scene} group={g} f={f} />)}
        </>
      )}
    </Plot>
  );
}

interface PointProps {
  readonly scene: Scene;
  readonly group: Group;
  readonly f: Frame;
}

function Point({scene, group, f}: PointProps) {
  const y = reached(scene, group);
  if (y === undefined) return null;
  return <path class={`point site-${group.site}`} d={outline(looks[group.site].shape, f.x(intensity(scene.scenario.model, wholeOf(group))), f.y(y), sizeOf(group))} />;
}

interface LineProps {
  readonly roof: Roof;
  readonly f: Frame;
  readonly x: Axis;
  readonly below: boolean; // another roof is just above, so the name goes below
}

function RoofLine({roof, f, x, below}: LineProps) {
  const ridge = Math.min(x.range.to, Math.max(x.range.from, roof.peak / roof.rate));
  const points = [x.range.from, ridge, x.range.to].map((v) => [f.x(v), f.y(under(roof, v))] as const);
  const look = looks[roof.site];
  const flat = ridge < x.range.to * 0.7 && roof.site !== 'moved';
  return (
    <g class={`site-${roof.site}`} aria-hidden="true">
      <path class="roof" d={path(points)} stroke-dasharray={look.dash} />
      {flat && <text class="roof-name" x={f.right - 2} y={f.y(roof.peak) + (below ? 15 : -6)} text-anchor="end">{look.short}</text>}
    </g>
  );
}

const spoken = ({load, tokens}: Scene, roofs: readonly Roof[]) =>
  `Rooflines: ${roofs.map((r) => `${looks[r.site].name} ${short(r.peak)}FLOP/s, flat from ${short(r.peak / r.rate)} operations a byte`).join('; ')}. ${plural(load.groups.length, 'point')} of this layer. The slider above reads at ${plural(tokens, 'token')}.`;

const rateText = (r: number | undefined) => (r === undefined ? '–' : `${short(r)}FLOP/s`);

function RoofTables({scene, roofs}: RoofsProps) {
  const {scenario, load} = scene;
  return (
    <>
      <Table
        caption="Roofs" rows={roofs}
        columns={[
          {title: 'Place', text: true, cell: (r) => looks[r.site].name},
          {title: 'Peak', cell: (r) => `${short(r.peak)}FLOP/s`},
          {title: 'Weights arrive at', cell: (r) => rate(r.rate)},
          {title: 'Flat from', cell: (r) => `${short(r.peak / r.rate)} op/B`},
          {title: 'That is', cell: (r) => plural(Math.ceil(tokensAt(scenario.model, r.peak / r.rate)), 'token')},
        ]}
      />
      <Table
        caption="Experts of the layer" rows={load.groups}
        columns={[
          {title: load.average ? 'Tokens, mean' : 'Tokens', cell: (g) => short(g.tokens)},
          {title: 'Experts', cell: (g) => (load.average ? short(g.experts) : count(g.experts))},
          {title: 'Where', text: true, cell: (g) => looks[g.site].name},
          {title: 'Operations a byte', cell: (g) => short(intensity(scenario.model, g.tokens))},
          {title: 'Reaches', cell: (g) => rateText(reached(scene, g))},
        ]}
      />
    </>
  );
}
