import {expect, test} from 'vitest';
import {badgesOf} from '../src/state/badges';
import {explained, shiftsOf, takes} from '../src/state/compare';
import {Editor} from '../src/state/editor';
import {entriesOf, entryOf, ranAs, withEntry} from '../src/state/entries';
import {headline, sequences, speedup} from '../src/state/headline';
import {lackOf, needLine, needText} from '../src/state/needs';
import {Notices} from '../src/state/notices';
import type {Outcome} from '../src/state/runner';
import type {Catalog, Machine, PolicyHome, PolicySpec} from '../src/wire.gen';
import {resultOf, scenarioOf} from './fixture';
import type {Deep} from './fixture';

const plain = {
  name: 'MD+LB', home: 'device', missed: 'balance', transfer: 'overlap', alpha: 1, deferred: 0,
  precision: {twins: false, fixed_low_share: 0}, cache: {name: 'none'}, predictor: {name: 'none'}, batching: {micro_batches: 1, capacity_factor: 0},
} as unknown as PolicySpec;
const {alpha: _, ...axes} = plain;
const system = (name: string, value: Deep<PolicySpec>, badges: readonly string[] = [], usual = false) => ({name, title: name, text: '', source: '', badges, usual, value: {...axes, name, ...value}});
const fetched = {name: 'GPU+PM', home: 'memory', missed: 'gpu'} as const;
const catalog = {
  default: {strategy: plain, machine: {device: {count: 1}, flash: {memory_bytes: 1}}},
  strategies: [
    system('Ideal', {home: 'gpu', missed: 'gpu'}, [], true), system('GPU+PM serial', {...fetched, transfer: 'serial'}, [], true), system('GPU+PM', fetched, [], true),
    system('MD+AM', {missed: 'home'}, ['hardware'], true), system('MD+LB', {}, ['hardware'], true),
    system('EdgeMoE', {home: 'flash', missed: 'gpu', precision: {fixed_low_share: 0.5}}, ['output']), system('KTransformers', {home: 'host', missed: 'home', deferred: 3}, ['output']),
    system('DAOP', {home: 'host', missed: 'home'}, ['output', 'secondary']), system('Klotski', {home: 'host', missed: 'gpu', batching: {micro_batches: 8}}), system('Duplex', {home: 'stack'}, ['hardware', 'secondary']),
  ],
} as unknown as Catalog;
const entries = entriesOf(catalog);
const entry = (name: string) => entries.find((e) => e.name === name)!;
const machine = (some: Deep<Machine>) => ({name: 'm', device: {count: 0}, flash: {memory_bytes: 0}, ...some}) as unknown as Machine;
const on = (name: string, home: PolicyHome = entry(name).spec.home) => scenarioOf({strategy: {...entry(name).spec, home}});

test('runs of different numbers of tokens are compared by the token', () => {
  const [one, eight] = [resultOf({latency_ps: 100, tokens: 10}), resultOf({latency_ps: 400, tokens: 80})];
  expect(speedup(eight, one)).toBe(2);
  expect(speedup(one, resultOf({latency_ps: 50, tokens: 10}))).toBe(0.5);
  expect(sequences(eight, [one, eight])).toBe(8);
  expect(takes(eight, one)).toBe(50);
  expect(explained(eight, one, 'it')).toContain('2.00 times faster than it, by the token');
});

test('the shifts of a run with more tokens sum to its difference by the token', () => {
  const run = (latency: number, tokens: number) => resultOf({latency_ps: latency, tokens, resources: [{name: 'gpu', critical_ps: latency}] as never});
  expect(shiftsOf(run(400, 80), run(100, 10))).toEqual([{resource: 'gpu', by: -50}]);
});

test('what differs by less than 1 % cannot be told apart', () => {
  expect(explained(resultOf({latency_ps: 1005}), resultOf({latency_ps: 1000}), 'it')).toContain('Cannot be told apart from it');
});

test('experts that the user put on flash stay there, and EdgeMoE’s do not follow', () => {
  expect(withEntry(on('GPU+PM', 'flash'), entry('DAOP'), entry('GPU+PM')).strategy.home).toBe('flash');
  expect(withEntry(on('GPU+PM', 'flash'), entry('MD+LB'), entry('GPU+PM')).strategy.home).toBe('device');
  expect(withEntry(on('EdgeMoE'), entry('GPU+PM'), entry('EdgeMoE')).strategy.home).toBe('memory');
  const editor = new Editor(catalog);
  editor.select(entry('EdgeMoE'));
  editor.select(entry('DAOP'));
  expect(editor.scenario.value.strategy.home).toBe('host');
});

test('a strategy is changed by its axes, and not by its parameters or by where all experts lie', () => {
  const mark = (name: string, some: Deep<PolicySpec>) => ranAs(entry(name), {...entry(name).spec, ...some} as PolicySpec).mark;
  expect(mark('MD+LB', {})).toBe('');
  expect(mark('MD+LB', {alpha: 3, transfer: 'serial'})).toBe('');
  expect(mark('MD+LB', {home: 'gpu'})).toBe(', changed');
  expect(mark('GPU+PM', {home: 'flash'})).toBe(', on flash');
  expect(mark('GPU+PM', {transfer: 'block'})).toBe(', changed');
  expect(mark('MD+LB', {home: 'flash'})).toBe(', changed');
});

test('badges follow what a strategy does, and keep what only its paper explains', () => {
  const badges = (name: string, some: Deep<PolicySpec>) => badgesOf(entry(name), {...entry(name).spec, ...some} as PolicySpec);
  expect(badges('MD+LB', {})).toEqual(['hardware']);
  expect(badges('MD+LB', {home: 'gpu', missed: 'gpu'})).toEqual([]);
  expect(badges('GPU+PM', {home: 'device', missed: 'home'})).toEqual(['hardware']);
  expect(badges('GPU+PM', {precision: {twins: true}})).toEqual(['output']);
  expect(badges('GPU+PM', {predictor: {name: 'pre-gate'}})).toEqual(['output', 'training']);
  expect(badges('GPU+PM', {batching: {capacity_factor: 1}})).toEqual(['output']);
  expect(badges('KTransformers', {deferred: 0})).toEqual([]);
  expect(badges('DAOP', {missed: 'gpu'})).toEqual(['output', 'secondary']);
});

const ran = (name: string, latency: number, some: Deep<PolicySpec> = {}, tokens = 10): [string, Outcome] => [name, {
  key: 'k', failed: null, ran: ranAs(entry(name), {...entry(name).spec, ...some} as PolicySpec),
  report: resultOf({strategy: entry(name).spec.name, latency_ps: latency, tokens, resources: [{name: 'link_in', critical_ps: latency * 0.9}] as never}),
}];
const say = (...all: readonly [string, Outcome][]) => headline(new Map(all)).text.replaceAll('\u00a0', ' ');

test('a changed strategy is neither MoNDE nor the baseline', () => {
  expect(say(ran('GPU+PM', 1000), ran('MD+LB', 40, {home: 'gpu'}))).not.toContain('faster');
  expect(say(ran('GPU+PM', 1000), ran('MD+AM', 500), ran('MD+LB', 40, {home: 'gpu'}))).toBe('GPU+PM spends 90 % of the time moving weights; MD+AM is 2.00× faster here (simulated only).');
  expect(say(ran('GPU+PM serial', 2000), ran('GPU+PM', 100, {missed: 'home', home: 'device'}), ran('MD+LB', 1000))).toContain('MD+LB is 2.00× faster here; GPU+PM, changed is 10.0× faster still');
});

test('what else computes near the data is no proof that MoNDE does not help', () => {
  expect(say(ran('GPU+PM', 1000), ran('MD+LB', 500), ran('Duplex', 250))).toContain('MD+LB is 2.00× faster here; Duplex is 2.00× faster still (simulated only)');
});

test('a rival that changes what the model says is told with it, and one with more sequences by the token', () => {
  expect(say(ran('GPU+PM', 1000), ran('MD+LB', 500), ran('KTransformers', 400))).toContain('KTransformers, which changes output, is 1.25× faster than MD+LB');
  expect(say(ran('GPU+PM', 1000), ran('MD+LB', 500), ran('Klotski', 6400, {}, 80))).toContain('and 1.60× faster than Klotski, which runs 8× the sequences');
});

test('the selected strategy is compared, however it came to be selected', () => {
  const editor = new Editor(catalog);
  editor.replace({...catalog.default, strategy: entry('Klotski').spec}, 'load');
  expect(editor.compared.value).toContain('Klotski');
  editor.show(['Ideal']);
  expect(editor.compared.value).toEqual(['Ideal', 'Klotski']);
  editor.compare('Klotski', false);
  expect(editor.compared.value).toContain('Klotski');
  editor.reset();
  expect(editor.compared.value).toEqual(editor.usual());
});

test('what a machine lacks is said the same everywhere', () => {
  const lack = (home: PolicyHome, m: Machine) => lackOf({home}, m);
  expect(lack('device', machine({}))).toBe('device');
  expect(lack('device', machine({device: {count: 1, stacked: true}}))).toBe('device');
  expect(lack('stack', machine({device: {count: 1}}))).toBe('stack');
  expect(lack('flash', machine({}))).toBe('flash');
  expect(lack('flash', machine({flash: {memory_bytes: 9}}))).toBeNull();
  expect(lack('host', machine({gpus: 8}))).toBe('single');
  expect(lack('gpu', machine({gpus: 8}))).toBeNull();
  expect(needLine('single', machine({gpus: 8}))).toBe('For one GPU; this machine has 8');
  expect(needText('stack', machine({}))).toBe('needs NDP in the GPU’s memory');
});

const pick = (m: Machine) => ({name: m.name, title: m.name, text: '', value: m});

test('a strategy gives way to its like, and to EdgeMoE’s lack of flash too', () => {
  const said: string[] = [];
  const editor = new Editor(catalog, (text) => said.push(text));
  editor.pickMachine(pick(machine({name: 'h100-duplex', device: {count: 1, stacked: true}})));
  expect(editor.scenario.value.strategy).toMatchObject({name: 'Duplex', home: 'stack'});
  expect(editor.compared.value).toContain('Duplex');
  editor.pickMachine(pick(machine({name: 'monde', device: {count: 1}, flash: {memory_bytes: 9}})));
  expect(editor.scenario.value.strategy.name).toBe('MD+LB');
  editor.select(entry('EdgeMoE'));
  editor.pickPart('flash', {name: '', title: '', text: '', value: {memory_bytes: 0}});
  expect(editor.scenario.value.strategy).toMatchObject({name: 'GPU+PM', home: 'memory', transfer: 'overlap'});
  expect(said.at(-1)).toBe('monde: EdgeMoE needs flash. GPU+PM is shown instead.');
});

test('a changed strategy that a machine cannot run gives way to itself as it was', () => {
  const editor = new Editor(catalog);
  editor.replace({...catalog.default, strategy: {...entry('GPU+PM').spec, home: 'device'}}, 'load');
  editor.pickMachine(pick(machine({})));
  expect(editor.scenario.value.strategy).toMatchObject({name: 'GPU+PM', home: 'memory'});
});

test('what was said of a choice ends with the next, and a warning stays', () => {
  const notices = new Notices();
  const editor = new Editor(catalog, (text) => notices.info(text), () => notices.hush());
  notices.warn('w');
  editor.pickMachine(pick(machine({})));
  expect(notices.all.value.map((n) => n.tone)).toEqual(['warn', 'info']);
  editor.compare('Ideal', false);
  expect(notices.all.value.map((n) => n.tone)).toEqual(['warn']);
});

test('a strategy whose entry is none of the namesakes is one of them all the same', () => {
  expect(entryOf(entries, {...entry('GPU+PM').spec, transfer: 'block'})?.name).toBe('GPU+PM serial');
});
