import {expect, test} from 'vitest';
import {picoseconds} from '../src/base/units';
import {axes, axisPlan, basisOf, batchPlan, cellOf, changesOf, keyOf, mostOf, runOf, runsOf, skews, speedOf, subjectsOf} from '../src/state/paper';
import type {Cell, Point} from '../src/state/paper';
import type {Catalog, PolicyName, Scenario} from '../src/wire.gen';
import {scenarioOf} from './fixture';

const models = ['switch-large-128', 'nllb-moe-54b', 'other'].map((name) => ({name, title: name, text: '', value: {name, experts: 128, expert_ff: 4096}})) as unknown as Catalog['models'];
const usual = scenarioOf({
  title: '', model: {name: 'nllb-moe-54b'}, fidelity: 'event', seed: 1,
  workload: {phase: 'encoder', batch: 4, scope: 'model', input_tokens: 512, output_tokens: 32, routing: {source: 'measured', table: '', dataset: '', sigma: 1}},
  machine: {name: 'm', device: {count: 1, bandwidth_bytes_per_s: 512e9}}, strategy: {name: 'MD+LB', alpha: 1},
});
const subjects = subjectsOf({models});

test('the paper’s two models run as encoder and as decoder', () => {
  expect(subjects.map((s) => s.name)).toEqual(['Switch-Large-128 encoder', 'NLLB-MoE encoder', 'Switch-Large-128 decoder', 'NLLB-MoE decoder']);
  expect(subjectsOf({models: []})).toEqual([]);
});

test('a figure by batch changes model, phase and batch, and nothing else', () => {
  const plan = batchPlan(usual, subjects, [1, 16]);
  const point = plan.panels[2]?.points[1];
  expect(point?.label).toBe('Batch 16');
  expect(point?.scenario).toEqual({...usual, model: models[0]?.value, workload: {...usual.workload, phase: 'decoder', batch: 16}});
});

test('an axis varies its own field from what the scenario says', () => {
  const at = (id: string) => axisPlan(usual, subjects, axes.find((a) => a.id === id)!).panels[0]!.points.map((p) => p.scenario);
  expect(at('bandwidth').map((s) => s.machine.device.bandwidth_bytes_per_s)).toEqual([256e9, 512e9, 1024e9]);
  expect(at('devices').map((s) => s.machine.device.count)).toEqual([1, 2, 4]);
  expect(at('experts').map((s) => s.model.experts)).toEqual([32, 64, 128, 256, 512]);
  expect(at('width').map((s) => s.model.expert_ff)).toEqual([2048, 4096, 8192, 16384]);
});

test('runs are asked for once each, those of the scenario’s own routing first', () => {
  const plan = batchPlan(usual, subjects, [4]);
  const same = axisPlan(usual, subjects, axes[1]!); // one device at batch 4 is the point above
  const runs = runsOf([plan, same], true);
  expect(new Set(runs.map(keyOf)).size).toBe(runs.length);
  const own = 4 * 5 + 4 * 2 * 3;
  expect(runs).toHaveLength(own * (1 + skews.length));
  expect(runs.slice(0, own).every((s) => s.workload.routing.source === 'measured')).toBe(true);
  expect(runsOf([plan, same], false)).toHaveLength(own);
});

const cell = (latency: number): Cell => ({latency: picoseconds(latency), alpha: 0, hot: 0, routing: ''});

/** Cells of a point: what each strategy takes under its own routing, and under each skew. */
function cellsOf(p: Point, times: Partial<Record<PolicyName, readonly number[]>>): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [name, all] of Object.entries(times)) {
    all.forEach((t, i) => cells.set(keyOf(runOf(p, name as PolicyName, i === 0 ? undefined : skews[i - 1])), cell(t)));
  }
  return cells;
}

test('a speed-up compares runs of the same skew, and its band holds all of them', () => {
  const p = batchPlan(usual, subjects, [4]).panels[0]!.points[0]!;
  const cells = cellsOf(p, {'GPU+PM': [100, 100, 60, 30], 'MD+AM': [20, 10, 10, 10]});
  expect(speedOf(cells, p, 'MD+AM')).toEqual({value: 5, low: 3, high: 10, skews: 3});
  expect(speedOf(cells, p, 'Ideal')).toBeNull();
  expect(cellOf(cells, p, 'MD+AM')?.latency).toBe(20);
});

test('the most is known once every point is', () => {
  const {panels} = batchPlan(usual, subjects.slice(0, 1), [1, 4]);
  const [a, b] = panels[0]!.points;
  const cells = cellsOf(a!, {'GPU+PM': [100], 'MD+LB': [50]});
  expect(mostOf(cells, panels, 'MD+LB')).toBeNull();
  expect(mostOf(new Map([...cells, ...cellsOf(b!, {'GPU+PM': [100], 'MD+LB': [10]})]), panels, 'MD+LB')).toBe(10);
  expect(mostOf(cells, [], 'MD+LB')).toBeNull();
});

test('routing of one model alone gives way to the default', () => {
  const traced = (source: string): Scenario => ({...usual, title: 'mine', workload: {...usual.workload, routing: {...usual.workload.routing, source, sigma: 2}}}) as unknown as Scenario;
  for (const source of ['trace', 'file', 'counts']) expect(basisOf(traced(source), usual).workload.routing).toEqual(usual.workload.routing);
  expect(basisOf(traced('lognormal'), usual).workload.routing).toMatchObject({source: 'lognormal', sigma: 2});
  expect(basisOf(traced('uniform'), usual).title).toBe('');
});

test('changes from the defaults are named by path; what figures vary is none', () => {
  expect(changesOf(usual, usual)).toEqual([]);
  const other = {...usual, model: models[2]!.value, strategy: {...usual.strategy, name: 'Ideal'}, workload: {...usual.workload, phase: 'prefill'}} as unknown as Scenario;
  expect(changesOf(other, usual)).toEqual([]);
  const changed = {...usual, machine: {...usual.machine, device: {...usual.machine.device, count: 2, dram: {pmove_from: 'device'}}}, fidelity: 'analytic'} as unknown as Scenario;
  expect(changesOf(changed, usual)).toEqual(['machine.device.count', 'machine.device.dram.pmove_from', 'fidelity']);
});

test('the figures take over parameters of the edited strategy, and none of its axes', () => {
  const strategy = {...usual.strategy, name: 'HOBBIT', home: 'host', cache_share: 0.25, alpha: 2, staging: 7, transfer: 'ahead'} as Scenario['strategy'];
  const own = basisOf({...usual, strategy}, {...usual, strategy: {...usual.strategy, cache_share: 0, transfer: 'overlap'} as Scenario['strategy']}).strategy;
  expect(own).toMatchObject({name: 'MD+LB', cache_share: 0, alpha: 2, staging: 7, transfer: 'overlap'});
});
