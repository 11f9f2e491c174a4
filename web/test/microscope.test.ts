import {beforeEach, expect, test, vi} from 'vitest';
import type {Looker} from '../src/engine/engine';
import {Refusal, failure} from '../src/engine/engine';
import {Editor} from '../src/state/editor';
import {Lens} from '../src/state/lens';
import {clocksOf, costOf, covers, inScenario, likest, longest, reachOf, widest, windowOf} from '../src/state/look';
import {Microscope} from '../src/state/microscope';
import {counts} from '../src/state/passes';
import type {Catalog, DeviceSight, Look, Machine, Scenario, Short} from '../src/wire.gen';
import {usual} from '../src/state/lens';
import {scenarioOf} from './fixture';
import {sightOf} from './sight';

const device = {count: 1, command_ps: 100, bandwidth_bytes_per_s: 512e9, ndp: {arrays: 64, rows: 4, cols: 4}};
const catalog = {
  default: {model: {d_model: 2048, expert_ff: 8192, expert_bits: 16}, machine: {name: 'm', device}, workload: {batch: 4}, strategy: {name: 'MD+LB'}},
  strategies: [],
} as unknown as Catalog;

/** Answers when the test says so: a run takes 1000 clocks a token. */
class FakeLooker implements Looker {
  readonly asked: (Look & {readonly scenario: Scenario | Short})[] = [];
  readonly stops: AbortSignal[] = [];
  hold = false;
  private release: (() => void)[] = [];

  async look(scenario: Scenario | Short, look: Look, stop: AbortSignal): Promise<DeviceSight> {
    this.asked.push({...look, scenario});
    this.stops.push(stop);
    if (this.hold) await new Promise<void>((resolve) => this.release.push(resolve));
    if (look.tokens > 512) throw new Refusal({...failure('invalid', ''), fields: [{path: 'look.tokens', reason: 'must be 1 to 512'}]});
    return sightOf([], {from: look.from, to: look.from + look.clocks, time_ps: 100 + look.tokens * 1_000_000, closed_ps: 1000 * look.tokens, weight_bytes: 64});
  }

  answer(): void {
    for (const go of this.release.splice(0)) go();
  }
}

let looker: FakeLooker;
let editor: Editor;
let lens: Lens;
let scope: Microscope;

beforeEach(() => {
  vi.useFakeTimers();
  looker = new FakeLooker();
  editor = new Editor(catalog);
  lens = new Lens();
  lens.set({view: 'device'}, 'pick');
  scope = new Microscope(editor, lens, looker);
});

/** Lets what waits go on. */
const settle = (ms = 50) => vi.advanceTimersByTimeAsync(ms);

test('nothing is looked at until the microscope is opened', async () => {
  await settle(1000);
  expect(looker.asked).toEqual([]);
  scope.follow();
  await settle();
  expect(looker.asked).toHaveLength(1);
  expect(scope.seen.value).toMatchObject({tokens: 4, clocks: 4000});
});

test('a look asks only for what it shows: model and machine, and more than the window', async () => {
  scope.follow();
  await settle();
  expect(looker.asked[0]).toEqual({tokens: 4, pmove: false, from: 0, clocks: 8000, scenario: {model: catalog.default.model, machine: catalog.default.machine}});
});

test('a change of the machine looks again, and one of the workload does not', async () => {
  scope.follow();
  await settle();
  editor.set('workload.batch', 8, 'pick');
  await settle();
  expect(looker.asked).toHaveLength(1);
  editor.set('machine.device.dram.channels', 16, 'pick');
  expect(scope.stale.value).toBe(true);
  await settle();
  expect(looker.asked).toHaveLength(2);
  expect(scope.stale.value).toBe(false);
});

test('of many changes at once, one is looked at', async () => {
  scope.follow();
  await settle();
  for (const tokens of [5, 6, 7, 8]) lens.set({tokens}, 'slide');
  await settle(500);
  expect(looker.asked.map((a) => a.tokens)).toEqual([4, 8]);
  expect(scope.seen.value?.tokens).toBe(8);
});

test('the answer of an older look is dropped', async () => {
  scope.follow();
  await settle();
  looker.hold = true;
  lens.set({tokens: 8}, 'pick');
  await settle();
  lens.set({tokens: 16}, 'pick');
  await settle();
  expect(looker.stops.map((s) => s.aborted)).toEqual([true, true, false]);
  looker.answer();
  await settle();
  expect(scope.seen.value?.tokens).toBe(16);
});

test('a window that was fetched is moved without a look; another one is fetched', async () => {
  lens.set({tokens: 64}, 'pick');
  scope.follow();
  await settle();
  lens.set({from: 2000}, 'slide');
  await settle();
  expect(looker.asked).toHaveLength(1);
  expect(scope.window.value).toEqual({from: 2000, to: 4000});
  lens.set({from: 30_000}, 'slide');
  await settle();
  expect(looker.asked.at(-1)).toMatchObject({from: 27_000, clocks: 8000});
});

test('moving the window does not end the look that will show it', async () => {
  scope.follow();
  await settle();
  looker.hold = true;
  lens.set({tokens: 8}, 'pick');
  await settle();
  lens.set({from: 500}, 'slide');
  await settle();
  expect(looker.asked).toHaveLength(2);
  expect(looker.stops[1]?.aborted).toBe(false);
});

test('a refused value keeps what was seen, marks its field, and is not tried again', async () => {
  scope.follow();
  await settle();
  lens.set({tokens: 1000}, 'slide');
  await settle();
  expect(scope.phase.value.kind).toBe('failed');
  expect(lens.errors.value).toEqual([{path: 'look.tokens', reason: 'must be 1 to 512'}]);
  expect([scope.seen.value?.tokens, scope.stale.value]).toEqual([4, true]);
  lens.set({from: 10}, 'slide');
  await settle();
  expect(looker.asked).toHaveLength(2);
  lens.set({tokens: 4}, 'slide');
  await settle();
  expect([scope.phase.value.kind, lens.errors.value.length, scope.stale.value]).toEqual(['rest', 0, false]);
});

test('a long look says that it is under way, and can be cancelled', async () => {
  scope.follow();
  await settle();
  looker.hold = true;
  lens.set({tokens: 256}, 'pick');
  await settle(100);
  expect(scope.busy.value).toBe(false);
  await settle(200);
  expect(scope.busy.value).toBe(true);
  scope.cancel();
  expect([scope.busy.value, scope.phase.value.kind, looker.stops.at(-1)?.aborted]).toEqual([false, 'cancelled', true]);
  looker.hold = false;
  scope.again();
  await settle();
  expect([scope.phase.value.kind, scope.seen.value?.tokens]).toEqual(['rest', 256]);
});

test('a machine without a device is not asked about', async () => {
  editor.set('machine.device.count', 0, 'pick');
  scope.follow();
  await settle();
  expect([looker.asked.length, scope.phase.value.kind]).toEqual([0, 'rest']);
});

test('a link to a long look asks before it starts', async () => {
  lens.set({tokens: 512, view: 'device'}, 'load');
  editor.set('machine.device.dram.channels', 1, 'load');
  scope.follow();
  await settle();
  expect(scope.phase.value).toMatchObject({kind: 'held'});
  expect(looker.asked).toEqual([]);
  scope.again();
  await settle();
  expect(looker.asked).toHaveLength(1);
});

test('leaving the microscope ends what is under way', async () => {
  looker.hold = true;
  const leave = scope.follow();
  await settle();
  leave();
  expect(looker.stops[0]?.aborted).toBe(true);
  lens.set({tokens: 9}, 'pick');
  await settle();
  expect(looker.asked).toHaveLength(1);
});

test('the table of passes is run one expert after another, and shows each as it comes', async () => {
  void scope.passes.run();
  await settle();
  expect(looker.asked.map((a) => a.tokens)).toEqual(counts);
  expect(looker.asked.every((a) => a.clocks === 1)).toBe(true);
  expect(scope.passes.rows.value.map((r) => r.time)).toEqual(counts.map((n) => 100 + n * 1_000_000));
  expect([scope.passes.running.value, scope.passes.stale.value]).toEqual([false, false]);
  editor.set('machine.device.ndp.arrays', 8, 'pick');
  expect(scope.passes.stale.value).toBe(true);
});

test('the table of passes can be stopped, and keeps what it has', async () => {
  looker.hold = true;
  void scope.passes.run();
  await settle();
  looker.answer();
  await settle();
  scope.passes.stop();
  looker.answer();
  await settle();
  expect([scope.passes.rows.value.length, scope.passes.running.value]).toEqual([1, false]);
});

test('a window lies within the run and is no longer than the engine shows', () => {
  const aim = {...usual, from: 5000, clocks: 4000};
  expect(windowOf(aim, 100_000)).toEqual({from: 5000, to: 9000});
  expect(windowOf(aim, 6000)).toEqual({from: 2000, to: 6000});
  expect(windowOf(aim, 1000)).toEqual({from: 0, to: 1000});
  expect(windowOf({...aim, clocks: 1e9}, 1e6)).toEqual({from: 5000, to: 5000 + widest});
});

test('what is asked for holds the window, is whole, and no more than the engine gives', () => {
  for (const window of [{from: 0, to: 24}, {from: 10.7, to: 99.2}, {from: 7e5 + 0.5, to: 7e5 + 0.5 + widest}, {from: 5, to: 5 + widest}]) {
    const reach = reachOf(window);
    expect(Number.isInteger(reach.from) && Number.isInteger(reach.to)).toBe(true);
    expect(reach.to - reach.from).toBeLessThanOrEqual(longest);
    expect(covers(reach, window, Infinity)).toBe(true);
  }
});

test('a run’s clocks leave out the command that starts it', () => {
  expect(clocksOf(sightOf([], {time_ps: 100_500, period_ps: 1000}), 500)).toBe(100);
  expect(clocksOf(sightOf([], {time_ps: 10, period_ps: 1000}), 500)).toBe(1);
});

test('a look costs more with more tokens and fewer channels', () => {
  const s = catalog.default;
  expect(costOf(s, 8)).toBe(2 * costOf(s, 4));
  expect(costOf(scenarioOf({...s, machine: {device: {...device, dram: {channels: 16}}}} as never), 4)).toBe(2 * costOf(s, 4));
});

test('mistakes are told by the path of the scenario’s field', () => {
  const path = (p: string) => inScenario({path: p, reason: ''}).path;
  expect([path('look.device.dram.channels'), path('look.machine.device.count'), path('look.tokens'), path('machine.gpu.name')])
    .toEqual(['machine.device.dram.channels', 'machine.device.count', 'look.tokens', 'machine.gpu.name']);
});

test('a machine without a device gives way to one with the same GPU', () => {
  const machine = (name: string, gpu: string, count: number) => ({name, title: '', text: '', value: {name, gpu: {name: gpu}, device: {count}} as unknown as Machine});
  const machines = [machine('a', 'A100', 1), machine('b', 'H100', 0), machine('c', 'H100', 1)];
  expect(likest({machines}, machines[1]!.value)?.name).toBe('c');
  expect(likest({machines}, machine('', 'other', 0).value)?.name).toBe('a');
  expect(likest({machines: []}, machines[1]!.value)).toBeUndefined();
});
