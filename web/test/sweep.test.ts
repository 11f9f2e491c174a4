import {expect, test} from 'vitest';
import {labelled, layoutOf, legible, mostCells, placeAt, stepped} from '../src/view/draw/sweepheat';
import {even, scaleOf} from '../src/view/sweep/scales';
import {placed} from '../src/state/sweeperrors';
import {fieldAt, fieldsOf, matches, shortText, valueText} from '../src/state/sweepfields';
import {axisFor, commandOf, formOf, mostPoints, planOf, refusal, suggested} from '../src/state/sweepform';
import type {AxisForm, SweepForm} from '../src/state/sweepform';
import {cellsOf, coordinates, gridOf, seriesOf, valuesOf, wide} from '../src/state/sweepgrid';
import {bestOf, knownMetrics, metricOf, shadesOf, shareOf} from '../src/state/sweepmetrics';
import {aboutOf, pointOf} from '../src/state/sweeppoint';
import {presetForm, presets} from '../src/state/sweeppresets';
import type {Catalog, SweepRow, SweepSpec} from '../src/wire.gen';
import {scenarioOf} from './fixture';

const scenario = scenarioOf({
  model: {name: 'm', encoder: {blocks: 0}}, fidelity: 'event', seed: 0,
  workload: {batch: 4, input_tokens: 512, output_tokens: 8, phase: 'decode', scope: 'model', routing: {source: 'uniform', sigma: 0}},
  machine: {name: 'b', gpu: {eager: false, memory_bytes: 40 * 2 ** 30}, link: {bandwidth_bytes_per_s: 32e9, efficiency: 0.8}, device: {count: 1, ndp: {arrays: 64}, bandwidth_bytes_per_s: 512e9}},
  strategy: {name: 'MD+LB', home: 'device', missed: 'balance', cache: {name: 'none'}, predictor: {name: 'none'}, precision: {}},
});
const strategy = (name: string, usual: boolean, home: string) => ({name, title: name, text: '', source: '', badges: [], usual, value: {name, home}});
const preset = (name: string) => ({name, title: name, text: '', value: {name}});
const catalog = {
  default: scenario, strategies: [strategy('Ideal', true, 'gpu'), strategy('GPU+PM', true, 'memory'), strategy('GPU+PM', false, 'memory'), strategy('Duplex', true, 'stack')],
  models: [preset('m'), preset('n')], machines: [preset('b')], parts: [{key: 'link', choices: [preset('pcie4'), preset('pcie5')]}],
} as unknown as Catalog;
const fields = fieldsOf(catalog, scenario);
const field = (path: string) => fieldAt(fields, path, scenario);
const axis = (path: string, some: Partial<AxisForm> = {}): AxisForm => ({...axisFor(field(path), scenario), ...some});
const formWith = (axes: readonly AxisForm[], some: Partial<SweepForm> = {}): SweepForm => ({axes, method: 'grid', points: '100', seed: '1', ...some});
const listed = (path: string, values: string) => axis(path, {kind: 'values', values});

test('a field is found by its title, its path or its unit', () => {
  const found = (text: string) => fields.filter((f) => matches(f, text)).map((f) => f.path);
  expect(found('link band')).toContain('machine.link.bandwidth_bytes_per_s');
  expect(found('workload.batch')).toEqual(['workload.batch']);
  expect(found('GiB').length).toBeGreaterThan(0);
  expect(new Set(fields.map((f) => f.path)).size).toBe(fields.length);
});

test('a path without a control is taken as it is, by what the scenario has there', () => {
  expect(field('model.d_model')).toMatchObject({title: 'model.d_model', per: 1, names: []});
  expect(field('machine.gpu.eager').names.map((n) => n.value)).toEqual([false, true]);
});

test('strategies are offered once each, and first those that the machine can run', () => {
  expect(field('strategy.name').names.map((n) => [n.value, n.usual])).toEqual([['Ideal', true], ['GPU+PM', true], ['Duplex', false]]);
  expect(axis('strategy.name').names).toEqual(['Ideal', 'GPU+PM']);
});

test('values are typed in the shown unit and asked for in the scenario’s', () => {
  const plan = planOf(formWith([listed('workload.batch', '1, 2 4'), listed('machine.link.bandwidth_bytes_per_s', '16,31.5')]), field);
  expect(plan).toMatchObject({points: 6, spec: {method: 'grid', axes: [{path: 'workload.batch', values: [1, 2, 4]}, {values: [16e9, 31.5e9]}]}});
  expect(plan.wrong.size).toBe(0);
});

test('what is wrong is said by axis and part, and then nothing can be started', () => {
  const plan = planOf(formWith([listed('workload.batch', '1, x'), axis('machine.link.bandwidth_bytes_per_s', {kind: 'range', from: '0', to: '', steps: '1', scale: 'log'}), listed('workload.batch', '1 1')]), field);
  expect([...plan.wrong.keys()].sort()).toEqual(['axes[0].values', 'axes[1].from', 'axes[1].steps', 'axes[1].to', 'axes[2].path', 'axes[2].values']);
  expect(plan.points).toBe(0);
});

test('a list needs as many values on each axis, and drawn points their number and seed', () => {
  expect(planOf(formWith([listed('workload.batch', '1,2'), listed('seed', '1,2,3')], {method: 'list'}), field).wrong.get('method')).toContain('2, 3');
  expect(planOf(formWith([listed('workload.batch', '1,2'), listed('seed', '1,2')], {method: 'list'}), field).points).toBe(2);
  expect([...planOf(formWith([listed('workload.batch', '1,2')], {method: 'lhs', points: '0', seed: ''}), field).wrong.keys()]).toEqual(['points', 'seed']);
  expect(planOf(formWith([axis('workload.batch', {kind: 'range', from: '1', to: '64', steps: '', scale: 'log'})], {method: 'lhs'}), field).spec.axes[0]).not.toHaveProperty('steps');
});

test('more points than the server takes are refused in a sentence', () => {
  expect(refusal(mostPoints)).toBe('');
  expect(refusal(32_768)).toContain('32,768');
});

test('suggestions are around the present value, whole where the field is, and within its range', () => {
  expect(suggested(field('workload.batch'), scenario)).toBe('1, 2, 4, 8, 16, 32');
  expect(suggested(field('machine.link.bandwidth_bytes_per_s'), scenario)).toBe('4, 8, 16, 32, 64, 128, 256');
  expect(suggested(field('machine.link.efficiency'), scenario).split(', ').every((v) => Number(v) >= 0.05 && Number(v) <= 1)).toBe(true);
});

test('every preset is a sweep that can be started', () => {
  for (const p of presets) {
    const plan = planOf(presetForm(p, scenario, field), field);
    expect([p.name, [...plan.wrong]]).toEqual([p.name, []]);
    expect(plan.points).toBeGreaterThan(10);
    expect(refusal(plan.points)).toBe('');
  }
});

test('the command says what the form says, quoted for a shell', () => {
  const spec: SweepSpec = {method: 'lhs', axes: [{path: 'workload.batch', from: 1, to: 64, scale: 'log'}, {path: 'strategy.name', values: ['MD+LB', "o'x"]}], points: 100, seed: 7};
  expect(commandOf(spec)).toBe("monde sweep scenario.json --axis 'workload.batch=1..64:log' --axis 'strategy.name=MD+LB,o'\\''x' --method lhs --points 100 --seed 7");
  expect(commandOf({method: 'grid', axes: [{path: 'a.b', from: 16e9, to: 128e9, steps: 8}]})).toBe("monde sweep scenario.json --axis 'a.b=16000000000..128000000000:8'");
});

test('a sweep that there is gives its form back', () => {
  const spec: SweepSpec = {method: 'grid', axes: [{path: 'machine.link.bandwidth_bytes_per_s', values: [16e9, 31.5e9]}, {path: 'strategy.name', values: ['Ideal']}, {path: 'workload.batch', from: 1, to: 64, steps: 7, scale: 'log', whole: true}]};
  expect(planOf(formOf(spec, field, scenario), field).spec).toEqual(spec);
});

test('what the server refuses is shown where it is typed, at the scenario’s controls, or in a list', () => {
  const found = placed({code: 'invalid', reason: '', fields: [
    {path: 'sweep.axes[1].values[2]', reason: 'a'}, {path: 'sweep.axes[0]', reason: 'b'}, {path: 'sweep.points', reason: 'c'}, {path: 'scenario.workload.batch', reason: 'd'}, {path: 'sweep', reason: 'e'},
  ]});
  expect([...found.form]).toEqual([['axes[1].values', 'a'], ['axes[0].path', 'b'], ['points', 'c']]);
  expect(found.scenario).toEqual([{path: 'workload.batch', reason: 'd'}]);
  expect(found.rest.map((f) => f.path)).toEqual(['sweep']);
});

test('a value has its unit where that is a symbol', () => {
  expect(valueText(field('machine.link.bandwidth_bytes_per_s'), 31.5e9)).toBe('31.5\u00a0GB/s');
  expect(valueText(field('workload.batch'), 4)).toBe('4');
  expect(shortText(field('machine.link'), 'pcie4')).toBe('pcie4');
});

const row = (index: number, values: SweepRow['values'], latency?: number): SweepRow =>
  (latency === undefined ? {index, values, failed: 'no'} : {index, values, result: {latency_ps: latency, tokens_per_second: 1 / latency, ttft_ps: 0} as SweepRow['result'] & object});
const spec: SweepSpec = {method: 'grid', axes: [{path: 'a', values: [1, 2]}, {path: 'b', values: ['p', 'q', 'r']}, {path: 'c', values: [5]}]};
const latency = metricOf('latency');
const points = [0, 1, 2, 3, 4].map((i) => row(i, [i < 3 ? 1 : 2, 'pqr'[i % 3] ?? '', 5], i === 4 ? undefined : 10 + i));

test('points of a grid lie by their number, the last axis varying fastest', () => {
  expect([0, 1, 2, 3].map((i) => coordinates(i, [2, 3, 1]))).toEqual([[0, 0, 0], [0, 1, 0], [0, 2, 0], [1, 0, 0]]);
  const grid = gridOf(spec, 6, points)!;
  expect(wide(grid).map((d) => d.axis)).toEqual([0, 1]);
  const cells = cellsOf(grid, points, 1, 0, {}, latency);
  expect(cells.map((c) => [c.x, c.y, c.row.index])).toEqual([[0, 0, 0], [1, 0, 1], [2, 0, 2], [0, 1, 3], [1, 1, 4]]);
});

test('of an axis that is not shown, a place has one value or the best', () => {
  const grid = gridOf(spec, 6, points)!;
  const at = (fixed: number | 'best') => cellsOf(grid, points, 1, null, {0: fixed, 2: 'best'}, latency).map((c) => c.row.index);
  expect(at('best')).toEqual([0, 1, 2]);
  expect(at(1)).toEqual([3, 4]);
  expect(cellsOf(grid, [points[4]!, row(1, [1, 'q', 5])], 1, null, {0: 'best', 2: 0}, latency)).toHaveLength(1);
});

test('a grid whose points say otherwise goes by their values, and what is drawn is none', () => {
  const odd = gridOf({...spec, axes: [{path: 'a', from: 1, to: 2, steps: 5}]}, 3, [row(0, [2], 1), row(1, [1], 2)])!;
  expect(odd.dims[0]?.values).toEqual([1, 2]);
  expect(odd.placed(row(9, [2], 1))).toEqual([1]);
  expect(gridOf({...spec, method: 'lhs'}, 6, points)).toBeNull();
});

test('ranges have both ends, by steps or by ratios, whole where that is asked', () => {
  expect(valuesOf({path: 'a', from: 1, to: 16, steps: 5, scale: 'log'}).map((v) => Math.round(Number(v)))).toEqual([1, 2, 4, 8, 16]);
  expect(valuesOf({path: 'a', from: 0, to: 3, steps: 3, whole: true})).toEqual([0, 2, 3]);
});

test('a line has its points in order, without those that failed', () => {
  const grid = gridOf(spec, 6, points)!;
  const lines = seriesOf(grid, cellsOf(grid, points, 1, 0, {}, latency), 0, latency);
  expect(lines.map((l) => [l.value, l.cells.map((c) => c.row.index)])).toEqual([[1, [0, 1, 2]], [2, [3]]]);
});

test('the best are first, and what has no figure is nowhere', () => {
  expect(bestOf(latency, points, 3).map((r) => r.index)).toEqual([0, 1, 2]);
  expect(bestOf(metricOf('throughput'), points, 1)[0]?.index).toBe(0);
  expect(bestOf(metricOf('ttft'), points, 3)).toEqual([]);
  expect(knownMetrics(points).map((m) => m.key)).toEqual(['latency', 'throughput']);
});

test('colours go by ratio where figures span a decade', () => {
  expect(shadesOf([1, 9])).toEqual({low: 1, high: 9, log: false});
  const wide = shadesOf([1, Number.NaN, 100])!;
  expect([wide.log, shareOf(wide, 10), shareOf(wide, 100)]).toEqual([true, 0.5, 1]);
  expect(shadesOf([Number.NaN])).toBeNull();
  expect(shareOf({low: 3, high: 3, log: false}, 3)).toBe(0.5);
});

test('a point is laid over the short scenario; a name on the way becomes the base of what differs', () => {
  const at = (base: object, path: string, value: string | number) => pointOf(base as Readonly<Record<string, unknown>>, {method: 'grid', axes: [{path}]}, {values: [value]});
  expect(at({machine: 'h100', workload: {batch: 2}}, 'workload.batch', 8)).toEqual({machine: 'h100', workload: {batch: 8}});
  expect(at({machine: 'h100'}, 'machine.link.latency_ps', 5)).toEqual({machine: {base: 'h100', link: {latency_ps: 5}}});
  expect(at({machine: {base: 'h100', gpus: 2}}, 'machine', 'a100')).toEqual({machine: 'a100'});
  expect(at({strategy: 'Ideal'}, 'strategy.staging', 4)).toEqual({strategy: {name: 'Ideal', staging: 4}});
  expect(at({}, 'strategy.name', 'MD+LB')).toEqual({strategy: {name: 'MD+LB'}});
});

test('the scenario is said in a line', () => {
  expect(aboutOf(scenario)).toBe('m on b, MD+LB, decode, batch 4, 512 tokens in, 8 out, fidelity event');
});

test('a map fits its room, or scrolls; places are found again where they are', () => {
  const l = layoutOf(8, ['8', '16'], 600);
  expect(l.width).toBeLessThanOrEqual(600);
  expect(placeAt(l, l.left + 2.5 * l.cell.width, l.top + 1.5 * l.cell.height)).toEqual({column: 2, row: 1});
  expect(placeAt(l, 1, 1)).toBeNull();
  expect(layoutOf(500, ['1'], 300).width).toBeGreaterThan(300);
  expect(layoutOf(2, Array.from({length: mostCells}, String), 300).height).toBeLessThan(8000);
});

test('keys lead from place to place, and never out of the map', () => {
  const l = layoutOf(3, ['a', 'b'], 300);
  expect(stepped(l, null, 'ArrowRight')).toEqual({column: 0, row: 0});
  expect(stepped(l, {column: 2, row: 0}, 'ArrowRight')).toEqual({column: 2, row: 0});
  expect(stepped(l, {column: 0, row: 0}, 'ArrowDown')).toEqual({column: 0, row: 1});
  expect(stepped(l, {column: 0, row: 1}, 'End')).toEqual({column: 2, row: 1});
  expect(stepped(l, null, 'a')).toBeNull();
});

test('labels that would touch are left out, and text is of the colour that is read more easily', () => {
  expect(labelled(4, 30, 20)).toEqual([0, 1, 2, 3]);
  expect(labelled(5, 10, 25)).toEqual([0, 3]);
  expect(legible('rgb(6 51 92)', 'rgb(22 25 31)', 'rgb(255 255 255)')).toBe('rgb(255 255 255)');
  expect(legible('rgb(233 238 244)', 'rgb(22 25 31)', 'rgb(255 255 255)')).toBe('rgb(22 25 31)');
});

test('an axis is by ratio where values span much, and names come one after the other', () => {
  expect(scaleOf(field('workload.batch'), [1, 64]).axis.share).toBeUndefined();
  expect(scaleOf(field('workload.batch'), [1, 4]).axis.share).toBeDefined();
  const names = scaleOf(field('strategy.name'), ['Ideal', 'GPU+PM', 'Ideal']);
  expect([names.at('GPU+PM'), names.axis.text(1), names.axis.ticks]).toEqual([1, 'GPU+PM', [0, 1]]);
  expect(even(0, 1, 6)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
});
