import {expect, test} from 'vitest';
import {nudged, shownAt, tickOf, ticks, toScenario, toShown, toWrite, typedIn, valueOf} from '../src/state/controls';
import * as controls from '../src/state/controls';
import {countsText, parseCounts} from '../src/state/counts';
import {Editor, phaseFor, phasesOf} from '../src/state/editor';
import {entriesOf, entryOf, withEntry} from '../src/state/entries';
import {contentOf, traceFor} from '../src/state/files';
import {busyShare, headline, limit} from '../src/state/headline';
import {readAim, readBatches, usual, writeAim} from '../src/state/lens';
import {parseFragment, readableQuery, viewAddress, watchAddress, writeFragment} from '../src/state/link';
import {doneOf, stageOf} from '../src/state/progress';
import {advance, isLive} from '../src/state/serverrun';
import type {Remote} from '../src/state/serverrun';
import type {Catalog, Machine, ModelSpec, Table} from '../src/wire.gen';
import {outcomeOf, resultOf, scenarioOf} from './fixture';
import {bytes, picoseconds} from '../src/base/units';

const strategy = {name: 'MD+LB', home: 'device', missed: 'balance', transfer: 'overlap', alpha: 1} as const;
const [ideal, fetched, split] = [{name: 'Ideal', home: 'gpu', missed: 'gpu'}, {name: 'GPU+PM', home: 'memory', missed: 'gpu'}, {name: 'MD+LB', home: 'device', missed: 'balance'}] as const;
const named = (name: string, value: object) => ({name, title: name, text: '', source: '', badges: [], usual: true, value});
const catalog = {
  default: {strategy, model: {encoder: {blocks: 0}}, workload: {phase: 'prefill', routing: {table: 't', dataset: 'd'}}},
  strategies: [named('Ideal', ideal), named('serial', {...fetched, transfer: 'serial'}), named('overlap', {...fetched, transfer: 'overlap'}), named('MD+LB', split)],
} as unknown as Catalog;
const entries = entriesOf(catalog);

test('a link names the sweep that its view shows, and no other view has it', () => {
  const aim = readAim('view=sweep&sweep=0198%2Fab');
  expect([aim.view, aim.sweep]).toEqual(['sweep', '0198/ab']);
  expect(writeAim(aim)).toBe('&view=sweep&sweep=0198%2Fab');
  expect(writeAim({...aim, view: 'paper'})).toBe('&view=paper');
});

test('serial and overlapped GPU+PM are two entries, told apart by their transfer', () => {
  expect(entries.map((e) => e.own)).toEqual([['name', 'home', 'missed'], ['name', 'home', 'missed', 'transfer'], ['name', 'home', 'missed', 'transfer'], ['name', 'home', 'missed']]);
  expect(entryOf(entries, {...catalog.default.strategy, name: 'GPU+PM', transfer: 'serial'})?.name).toBe('serial');
  expect(entryOf(entries, {...catalog.default.strategy, transfer: 'serial'})?.name).toBe('MD+LB');
});

test('choosing an entry keeps the parameters that are not its own', () => {
  const s = scenarioOf({strategy: {...strategy, alpha: 2.5}});
  const next = withEntry(s, entries[1] ?? entries[0]!);
  expect(next.strategy).toEqual({...fetched, transfer: 'serial', alpha: 2.5});
});

test('the selected strategy is always compared', () => {
  const editor = new Editor(catalog);
  editor.compare('Ideal', false);
  expect(editor.compared.value).not.toContain('Ideal');
  editor.select(entries[0]!);
  expect(editor.compared.value).toContain('Ideal');
  expect(editor.scenario.value.strategy.name).toBe('Ideal');
});

test('another kind of model moves the phase to its own', () => {
  const pair = {encoder: {blocks: 12}} as ModelSpec;
  const single = {encoder: {blocks: 0}} as ModelSpec;
  expect(phasesOf(pair)).toEqual(['encoder', 'decoder', 'generate']);
  expect(phaseFor(pair, 'prefill')).toBe('encoder');
  expect(phaseFor(single, 'decoder')).toBe('decode');
  expect(phaseFor(single, 'generate')).toBe('generate');
});

test('a new model does not keep the routing table of the old one', () => {
  const editor = new Editor(catalog);
  editor.setModel({encoder: {blocks: 12}} as ModelSpec);
  expect(editor.scenario.value.workload).toEqual({phase: 'encoder', routing: {table: '', dataset: ''}});
});

const machineOf = (name: string, count: number) => ({...named(name, {}), value: {name, device: {count}} as unknown as Machine});

test('a machine without a device takes the strategy to GPU+PM, and says so', () => {
  const said: string[] = [];
  const editor = new Editor(catalog, (text) => said.push(text));
  editor.compare('overlap', false);
  editor.pickMachine(machineOf('h100-box', 0));
  expect(editor.scenario.value.strategy).toEqual({...fetched, transfer: 'overlap', alpha: 1});
  expect(editor.compared.value).toContain('overlap');
  expect(said).toEqual(['h100-box: MD+LB needs a memory device. GPU+PM is shown instead.']);
});

test('a strategy that the machine cannot run is not selected', () => {
  const said: string[] = [];
  const editor = new Editor(catalog, (text) => said.push(text));
  editor.pickMachine(machineOf('h100-box', 0));
  editor.select(entries[3]!);
  expect(editor.scenario.value.strategy.name).toBe('GPU+PM');
  expect(said).toHaveLength(2);
});

test('a machine with several GPUs has the experts in their memories', () => {
  const said: string[] = [];
  const editor = new Editor(catalog, (text) => said.push(text));
  const {value, ...choice} = machineOf('dgx1-v100', 0);
  editor.pickMachine({...choice, value: {...value, gpus: 8}});
  editor.select(entries[1]!);
  expect(editor.scenario.value.strategy).toMatchObject({name: 'Ideal', home: 'gpu'});
  expect(said).toEqual(['dgx1-v100: MD+LB is for one GPU; this machine has 8. Ideal is shown instead.', 'serial is for one GPU; this machine has 8.']);
});

test('a machine with a device leaves the strategy alone', () => {
  const editor = new Editor(catalog);
  editor.pickMachine(machineOf('h100-monde', 1));
  expect(editor.scenario.value.strategy).toBe(catalog.default.strategy);
});

test('another model takes its own trace, or measured popularity where it has none', () => {
  const said: string[] = [];
  const tables = [{name: 'own_x', trace: true, file: 'x.bin'}] as unknown as readonly Table[];
  const editor = new Editor({...catalog, tables}, (text) => said.push(text));
  editor.set('workload.routing', {source: 'trace', table: 't', dataset: 'd'}, 'pick');
  const single = {encoder: {blocks: 0}} as ModelSpec;
  editor.setModel({...single, name: 'own'});
  expect(editor.scenario.value.workload.routing).toEqual({source: 'trace', table: 'own_x', dataset: ''});
  expect(said).toEqual([]);
  editor.setModel({...single, name: 'other'});
  expect(editor.scenario.value.workload.routing).toEqual({source: 'measured', table: '', dataset: ''});
  expect(said).toHaveLength(1);
});

test('a typed number that should be whole and is not goes to the engine as it is', () => {
  const batch = controls.workload[0]!;
  const [link] = controls.machine;
  expect(typedIn(batch, 2.5)).toBe(2.5);
  expect(typedIn(link!, 33.3)).toBe(33_300_000_000);
});

test('a slider reaches both ends of its range, and its value finds its way back', () => {
  for (const row of controls.rows) {
    expect(shownAt(row, 0)).toBe(row.min);
    expect(shownAt(row, ticks)).toBe(row.max);
    for (const tick of [100, 500, 900]) {
      const v = shownAt(row, tick);
      expect(shownAt(row, tickOf(row, v))).toBeCloseTo(v, 6);
    }
  }
});

test('a key always moves a slider, until its end', () => {
  for (const row of controls.rows) {
    let [v, steps] = [row.min, 0];
    for (; v < row.max; steps++) {
      const next = nudged(row, v, 1);
      expect(next).toBeGreaterThan(v);
      v = next;
    }
    expect(steps).toBeGreaterThan(10);
    expect(nudged(row, row.min, -1)).toBe(row.min);
  }
});

test('numbers go into the scenario as integers of its own unit', () => {
  const [link] = controls.machine;
  expect(toScenario(link!, 31.5)).toBe(31_500_000_000);
  expect(toShown(link!, 31_500_000_000)).toBe('31.5');
});

test('every control has a label, and every path is used once', () => {
  expect(controls.rows.every((r) => r.label !== '')).toBe(true);
  expect(new Set(controls.rows.map((r) => r.path)).size).toBe(controls.rows.length);
});

test('counts are read row by row, and the wrong row is named', () => {
  expect(parseCounts('1, 2 3\n\n4;5')).toEqual([[1, 2, 3], [4, 5]]);
  expect(parseCounts('1\n2 x')).toBe('row 2: must hold whole numbers, none below 0');
  expect(parseCounts('1\n-2')).toContain('row 2');
  expect(parseCounts(' ')).toContain('at least one row');
  expect(countsText([[1, 2], [3]])).toBe('1, 2\n3');
});

test('a file is known by its content', () => {
  expect(contentOf('x.csv', () => '').kind).toBe('trace');
  expect(contentOf('config.json', () => '{"model_type":"mixtral"}').kind).toBe('config');
  expect(contentOf('s.json', () => '{"version":1}').kind).toBe('scenario');
  expect(() => contentOf('s.json', () => '[')).toThrow();
  expect(() => contentOf('s.json', () => '3')).toThrow('no JSON object');
});

test('the trace that suits a scenario is the named one, or its model’s', () => {
  const table = (name: string, experts: number) => ({name, experts, trace: true, file: `${name}.bin`}) as Table;
  const tables = [table('gpt-oss-20b_x', 32), table('deepseek_y', 64)];
  const s = (t: string, name: string, experts: number) => scenarioOf({model: {name, experts}, workload: {routing: {table: t}}});
  expect(traceFor(s('deepseek_y', 'gpt-oss-20b', 32), tables)?.name).toBe('deepseek_y');
  expect(traceFor(s('', 'gpt-oss-20b', 32), tables)?.name).toBe('gpt-oss-20b_x');
  expect(traceFor(s('', 'olmoe', 64), tables)?.name).toBe('deepseek_y');
  expect(traceFor(s('none', 'olmoe', 64), tables)).toBeUndefined();
});

test('a fragment holds the engine’s link and the page’s own part', () => {
  expect(parseFragment('#v1.abc_-&s=MD%2BLB~Ideal')).toEqual({link: '#v1.abc_-', compared: ['MD+LB', 'Ideal'], aim: usual});
  expect(parseFragment('')).toEqual({link: '', compared: null, aim: usual});
  expect(parseFragment('#javascript:alert(1)').link).toBe('');
  expect(parseFragment('#v1.x&s=').compared).toEqual([]);
});

test('what is written is read again', () => {
  const all = ['Ideal', 'GPU+PM serial', 'MD+LB'];
  for (const compared of [['Ideal'], ['GPU+PM serial', 'MD+LB'], all]) {
    const {link, compared: read} = parseFragment(writeFragment('#v1.q', compared, all, usual));
    expect(link).toBe('#v1.q');
    expect(read ?? all).toEqual(compared);
  }
});

test('what the microscope points at is written and read again, and is nothing while it is closed', () => {
  const aim = {...usual, view: 'device', tokens: 8, pmove: true, from: 1234, clocks: 500} as const;
  expect(writeAim(aim)).toBe('&view=device&tokens=8&from=1234&clocks=500&pmove=1');
  expect(readAim(writeAim(aim))).toEqual(aim);
  expect(writeAim({...aim, view: 'strategies'})).toBe('');
  expect(parseFragment(`#v1.q&s=Ideal${writeAim(aim)}`)).toEqual({link: '#v1.q', compared: ['Ideal'], aim});
});

test('each view writes what it points at, and nothing of the others', () => {
  const aim = {...usual, tokens: 8, layer: 7, batches: [2, 64]};
  expect(writeAim({...aim, view: 'roofline'})).toBe('&view=roofline&layer=7');
  expect(writeAim({...aim, view: 'paper'})).toBe('&view=paper&batches=2~64');
  expect(writeAim({...usual, view: 'paper'})).toBe('&view=paper');
  for (const view of ['roofline', 'paper'] as const) expect(writeAim(readAim(writeAim({...aim, view})))).toBe(writeAim({...aim, view}));
});

test('batch sizes are read from any list: sorted, once each, and not too many', () => {
  expect(readBatches('16, 4; 1 4')).toEqual([1, 4, 16]);
  expect(readBatches('')).toEqual(usual.batches);
  expect(readBatches('0 99999999 x')).toEqual(usual.batches);
  expect(readBatches('6 5 4 3 2 1')).toEqual([1, 2, 3, 4, 5]);
});

test('a hostile aim is the usual one, number by number', () => {
  expect(readAim('view=__proto__&batches=-&layer=-1')).toEqual(usual);
  expect(readAim('view=<b>&tokens=x&from=-3&clocks=1e99&pmove=yes')).toEqual(usual);
  expect(readAim('view=device&tokens=1.5&from=NaN&clocks=0')).toEqual({...usual, view: 'device', clocks: 1});
  expect(readAim('tokens=100000').tokens).toBe(100_000); // the engine says what is wrong with it
});

test('an old link is one of the strategies, and each view has an address', () => {
  expect(parseFragment('#v1.abc').aim).toEqual(usual);
  expect(viewAddress('#v1.q&s=Ideal', usual, 'device')).toBe('#v1.q&s=Ideal&view=device');
  expect(viewAddress('#v1.q&s=Ideal&view=device&from=7', {...usual, view: 'device', from: 7}, 'strategies')).toBe('#v1.q&s=Ideal');
  expect([viewAddress('', usual, 'device'), viewAddress('', usual, 'strategies')]).toEqual(['?view=device', './']);
});

test('what the engine would take anyway is not written into the scenario', () => {
  const [channels] = controls.memory;
  const editor = new Editor({...catalog, default: scenarioOf({machine: {device: {count: 1}}, strategy})} as unknown as Catalog);
  const s = () => editor.scenario.value;
  expect(valueOf(channels!, s())).toBe(32);
  editor.set(channels!.path, toWrite(channels!, s(), 16), 'slide');
  expect([valueOf(channels!, s()), s().machine.device.dram]).toEqual([16, {channels: 16}]);
  editor.set(channels!.path, toWrite(channels!, s(), 32), 'slide');
  expect(s().machine.device).toEqual({count: 1});
});

test('a buffer’s default grows with the arrays', () => {
  const [weights] = controls.buffers;
  const s = (arrays: number, own?: number) => scenarioOf({machine: {device: {ndp: {arrays, rows: 4, cols: 4, ...(own === undefined ? {} : {weight_buffer_bytes: own})}}}});
  expect([valueOf(weights!, s(64)), valueOf(weights!, s(128)), valueOf(weights!, s(128, 99))]).toEqual([112 * 1024, 224 * 1024, 99]);
});

test('the run that a page watches is no part of the readable query', () => {
  expect(readableQuery('?run=abc')).toBe('');
  expect(readableQuery('?run=abc&batch=8&model=x')).toBe('?batch=8&model=x');
  expect(readableQuery('?view=device&tokens=9&batch=8')).toBe('?batch=8');
});

test('the address of a watched run holds nothing else but the scenario', () => {
  expect(watchAddress('http://x/p?run=old&batch=3#v1.q', 'n 1')).toBe('http://x/p?run=n%201#v1.q');
});

const run = (strategy: string, latency_ps: number, link = 0, fits_gpu = false) =>
  outcomeOf(resultOf({
    strategy, latency_ps, resources: [{name: 'gpu', critical_ps: latency_ps - link}, {name: 'link_in', critical_ps: link}] as never,
    fits_gpu,
  }));
const say = (...runs: readonly ReturnType<typeof run>[]) => headline(new Map(runs.map((r, i) => [String(i), r]))).text.replaceAll('\u00a0', ' ');

test('the headline says what moving weights costs and what MoNDE gains', () => {
  expect(say(run('GPU+PM', 1000, 940), run('MD+LB', 200))).toBe('GPU+PM spends 94 % of the time moving weights; MD+LB is 5.00× faster here (simulated only).');
});

test('the headline compares with the better of the two GPU+PM, and with any better rival', () => {
  expect(say(run('GPU+PM', 2000, 1900), run('GPU+PM', 1000, 940), run('MD+LB', 200))).toContain('5.00×');
  expect(say(run('GPU+PM', 1000, 940), run('CPU+AM', 400), run('MD+LB', 200))).toContain('and 2.00× faster than CPU+AM');
});

test('the headline says so where MoNDE does not help', () => {
  expect(say(run('GPU+PM', 1000, 900), run('MD+LB', 990))).toContain('MoNDE does not help here: MD+LB is only 1 % faster than GPU+PM');
  expect(say(run('GPU+PM', 1000, 900), run('MD+LB', 2000))).toContain('GPU+PM is 2.00× faster than MD+LB');
  expect(say(run('GPU+PM', 1000, 900, true), run('MD+LB', 200, 0, true))).toContain('every expert fits in GPU memory'); // whether Ideal is compared or not
});

test('the headline needs no comparison, and no result', () => {
  expect(say()).toBe('No strategy has a result yet.');
  expect(say(run('GPU+PM', 1e9, 9e8))).toContain('90 % of it waits for the link to the GPU');
});

test('what limits a run is what most of it waited for', () => {
  expect(limit(resultOf({latency_ps: 10, resources: [{name: 'gpu', critical_ps: 4}, {name: 'ndp', critical_ps: 6}] as never}))).toEqual({name: 'ndp', share: 0.6});
});

const remote: Remote = {id: 'r', about: '', watching: false, state: 'queued', progress: null, partial: null, report: null, failed: null, lost: false, note: ''};

test('a run on the server goes from queued to done, and end changes nothing', () => {
  const going = advance(remote, {kind: 'progress', progress: {done: 1, total: 2, now_ps: picoseconds(0)}});
  expect(isLive(going)).toBe(true);
  const done = advance(going, {kind: 'report', report: resultOf({})});
  expect(done.state).toBe('done');
  expect(advance(done, {kind: 'end'})).toBe(done);
});

test('a run clock by clock is as far as its layers and the experts of the present one', () => {
  const progress = {done: 1, total: 4, now_ps: picoseconds(0)};
  expect([doneOf(progress), stageOf(progress)]).toEqual([0.25, '']);
  expect(doneOf({...progress, clocked: 10, clocked_of: 20})).toBe(0.375);
  expect(stageOf({...progress, clocked_of: 20})).toBe(', expert 1 of 20 clock by clock');
  expect(doneOf({...progress, done: 4, clocked: 20, clocked_of: 20})).toBe(1);
});

test('alike devices are as busy as they are in the mean', () => {
  const run = resultOf({latency_ps: 100});
  const busy = {name: 'ndp', busy_ps: picoseconds(120), critical_ps: picoseconds(0), bytes: bytes(0)};
  expect(busyShare({...busy, units: 2}, run)).toBe(0.6);
  expect(busyShare({...busy, busy_ps: picoseconds(30)}, run)).toBe(0.3);
});

test('a cancelled run is not a failed one', () => {
  const failed = (code: 'cancelled' | 'internal') => advance(remote, {kind: 'failed', failed: {code, reason: '', fields: []}}).state;
  expect(failed('cancelled')).toBe('cancelled');
  expect(failed('internal')).toBe('failed');
});
