import {expect, test} from 'vitest';
import {fetchValidation, Reopener} from '../src/state/evidence';
import {byUnit, figureOf, furthest, knownFrom, partsOf, predicted, problemsOf, quantile, readValidation, setsOf, stepped} from '../src/state/trust';
import type {Row, Summary, Validation} from '../src/state/trust';
import {Editor} from '../src/state/editor';
import {Lens, readAim, usual, writeAim} from '../src/state/lens';
import type {Catalog, Resolved, Scenario} from '../src/wire.gen';

const row = (some: Partial<Row>): Row => ({set: 'h100/layers', model: 'm', strategy: 'pm_overlap', machine: 'box', tokens: 1, measured_us: 100, predicted_us: 110, roofline_us: 50, error: 0.1, ...some});
const sum = (some: Partial<Summary>): Summary => ({name: 'a', strategy: 'all', machine: 'all', rows: 1, mean: 0.1, median: 0.1, p90: 0.1, worst: 0.1, bias: 0, roofline: 0.5, problems: 0, ...some});
const of = (some: Partial<Validation>): Validation => ({engine: '1', sets: [], rows: [], constants: [], ...some});

test('a file that is no comparison is refused, and one without constants is read', () => {
  for (const file of [null, 3, {}, {sets: []}, {sets: [{}], rows: []}, {sets: [], rows: [null]}]) expect(() => readValidation(file)).toThrow('no comparison');
  expect(readValidation({engine: 'e', sets: [], rows: []})).toEqual({engine: 'e', sets: [], rows: [], constants: []});
});

test('a missing file, and a page in its place, say so', async () => {
  const answer = (body: string, status: number) => () => Promise.resolve(new Response(body, {status}));
  await expect(fetchValidation('x', answer('', 404))).rejects.toThrow('missing');
  await expect(fetchValidation('x', answer('', 503))).rejects.toThrow('503');
  await expect(fetchValidation('x', answer('<!doctype html>', 200))).rejects.toThrow('no JSON');
  await expect(fetchValidation('x', answer('{"sets":[],"rows":[]}', 200))).resolves.toMatchObject({rows: []});
});

test('held-out and fitted rows of a set are summed apart, and parts are no set', () => {
  const v = of({sets: [sum({name: 'a', fitted: true}), sum({name: 'a'}), sum({name: 'a', strategy: 's', machine: 'b'}), sum({name: 'b', fitted: true})]});
  expect(setsOf(v).map((s) => [s.name, s.held !== null, s.fitted !== null])).toEqual([['a', true, true], ['b', false, true]]);
  expect(partsOf(v, 'a').map((s) => s.strategy)).toEqual(['s']);
});

test('a typical error is of held-out rows with a prediction', () => {
  const v = of({rows: [row({error: -0.02}), row({error: 0.04}), row({error: 0.3}), row({error: 9, fitted: true}), row({error: 9, problem: 'no'}), row({error: 9, strategy: 'hybrid'})]});
  expect(figureOf(v, 'pmove')).toEqual({rows: 3, median: 0.04, p90: 0.3, worst: 0.3, roofline: 0.5});
  expect(figureOf(v, 'cpu')).toBeNull();
});

test('moving weights is judged by published blocks too, but not by those that move nothing', () => {
  const published = {set: 'pregated/block_lats', machine: 'a100-fp32'};
  const v = of({rows: [row({error: 0.02}), row({...published, strategy: 'DeepSpeed', error: 0.6}), row({...published, strategy: 'GPU-only', error: 0.05})]});
  expect([figureOf(v, 'pmove')?.worst, figureOf(v, 'gpu')?.worst]).toEqual([0.6, 0.05]);
});

test('rows furthest off come first, to either side', () => {
  expect(furthest([row({error: 0.1}), row({error: -0.9}), row({error: 0.5})], 2).map((r) => r.error)).toEqual([-0.9, 0.5]);
});

test('a constant that claims no measurement was set', () => {
  const known = (text: string, fit?: string) => knownFrom({name: 'c', value: 1, text, ...(fit ? {fit} : {})});
  expect([known('share', 'dense'), known('share; measured: 3 of 4'), known('share; set'), known('share')]).toEqual(['fitted', 'measured', 'assumed', 'assumed']);
});

test('a quantile is a value that is there', () => {
  expect([quantile([3, 1, 2], 0.5), quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9), quantile([], 0.5)]).toEqual([2, 2, 9, 0]);
});

test('rows without a prediction are listed by reason, and in no picture', () => {
  const v = of({rows: [row({problem: 'x'}), row({problem: 'x'}), row({problem: 'y'}), row({})]});
  expect(problemsOf(v).map((p) => [p.reason, p.rows.length])).toEqual([['x', 2], ['y', 1]]);
  expect(predicted(v, 'h100/layers')).toHaveLength(1);
});

test('every unit has a picture of its own', () => {
  expect([...byUnit([row({}), row({unit: 'tokens/s'}), row({})]).entries()].map(([u, r]) => [u, r.length])).toEqual([['µs', 2], ['tokens/s', 1]]);
});

test('arrows go along what was measured, and up to what is further off', () => {
  const [a, b, c] = [row({measured_us: 1, error: -0.5}), row({measured_us: 2, error: 0.1}), row({measured_us: 3, error: 0.2})];
  const rows = [c, a, b];
  expect(stepped(rows, null, 1, 0)).toBe(a);
  expect(stepped(rows, null, 0, 1)).toBe(a); // the worst
  expect([stepped(rows, null, Infinity, 0), stepped(rows, a, Infinity, 0)]).toEqual([c, c]); // the most measured
  expect(stepped(rows, a, 1, 0)).toBe(b);
  expect(stepped(rows, c, 1, 0)).toBe(c);
  expect(stepped(rows, b, 0, 1)).toBe(c);
  expect(stepped(rows, c, 0, -1)).toBe(b);
  expect(stepped([], null, 1, 0)).toBeNull();
});

test('a row opens its scenario among the strategies, and has a link', async () => {
  const full = {seed: 7} as unknown as Scenario;
  const asked: unknown[] = [];
  const core = {
    resolve: (s: unknown) => (asked.push(s), Promise.resolve({full, estimate_ms: 5} as unknown as Resolved)),
    encode: (s: Scenario) => Promise.resolve(s === full ? '#v1.x' : ''),
  };
  const editor = new Editor({default: {}, strategies: []} as unknown as Catalog);
  const lens = new Lens();
  lens.set({view: 'trust'}, 'pick');
  const opener = new Reopener(editor, lens, core);
  expect(await opener.link(row({scenario: '{"a":1}'}))).toBe('#v1.x');
  await opener.open(row({scenario: '{"a":1}'}));
  expect(asked).toEqual([{a: 1}, {a: 1}]);
  expect([editor.scenario.value, editor.change.estimate, lens.aim.value.view]).toEqual([full, 5, 'strategies']);
});

test('the link holds the set that is open', () => {
  const aim = {...usual, view: 'trust', set: 'h100/link below 64 KiB'} as const;
  expect(writeAim(aim)).toBe('&view=trust&set=h100%2Flink%20below%2064%20KiB');
  expect(readAim(writeAim(aim))).toEqual(aim);
});
