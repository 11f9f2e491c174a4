import {expect, test} from 'vitest';
import {bankName, deed, describe} from '../src/view/draw/describe';
import {labelOf, laneAt, layoutOf} from '../src/view/draw/layout';
import {carried, coverage, dataAt, firstAfter, kindOf, nearest, pictureOf, stepped} from '../src/view/draw/picture';
import {clockAt, partClocks} from '../src/view/draw/profile';
import {axis, centred, panned, zoomed} from '../src/view/draw/window';
import {sightOf} from './sight';

const said = (s: string) => s.replaceAll('\u00a0', ' ');

const some = pictureOf(sightOf([
  [0, 'ACT1', 0, 7], [3, 'ACT2', 0, 7], [4, 'CAS_RD', 0], [10, 'RD', 0, 7, 0], [12, 'WR', 2, 9, 1], [14, 'RD', 0, 7, 1],
  [30, 'PREpb', 0], [40, 'REFpb', 1], [200, 'PREab', -1],
], {from: 100, to: 1100, arrays: [120_000, 150_000]}));

test('every command goes to its bank, and one of all banks to each', () => {
  expect(some.lanes.map((l) => [l.kind, l.bank, l.item.length])).toEqual([['bank', 0, 7], ['bank', 1, 2], ['bank', 2, 2], ['bank', 3, 1], ['bus', -1, 3], ['arrays', -1, 1]]);
  expect([...some.clock.slice(0, 2)]).toEqual([100, 103]);
  expect(some.lanes[0]?.item.includes(8)).toBe(true);
});

test('a sight in which nothing happens is a picture without items', () => {
  const empty = pictureOf(sightOf([]));
  expect(empty.lanes).toHaveLength(6);
  expect(empty.lanes.every((l) => l.item.length === 0)).toBe(true);
});

test('the kind of a command is the beginning of its name', () => {
  expect([...some.clock].map((_, i) => kindOf(some, i))).toEqual(['ACT', 'ACT', 'CAS', 'RD', 'WR', 'RD', 'PRE', 'REF', 'PRE']);
});

test('data are on the bus CL clocks after RD and CWL after WR, in the order of the bus', () => {
  const bus = some.lanes[4];
  expect([dataAt(some, 3), dataAt(some, 4)]).toEqual([130, 122]);
  expect([...(bus?.start ?? [])]).toEqual([122, 130, 134]);
  expect([...(bus?.end ?? [])]).toEqual([124, 132, 136]);
});

test('a refresh takes its bank for as long as the memory says', () => {
  expect([some.lanes[1]?.start[0], some.lanes[1]?.end[0]]).toEqual([140, 290]);
  const all = pictureOf(sightOf([[5, 'REFab', -1]]));
  expect(all.lanes.slice(0, 4).map((l) => l.end[0])).toEqual([305, 305, 305, 305]);
});

test('the arrays’ time is put on the clock of the memory', () => {
  expect([some.lanes[5]?.start[0], some.lanes[5]?.end[0]]).toEqual([120, 150]);
});

test('a row is open from its ACT to its PRE', () => {
  expect(some.open[0]).toEqual([{from: 100, to: 130, row: 7}]);
});

test('a row that is used before it is opened was opened before the picture', () => {
  expect(some.open[2]).toEqual([{from: 100, to: 300, row: 9}]);
  expect(pictureOf(sightOf([[9, 'RDA', 3, 5, 0]])).open[3]).toEqual([{from: 0, to: 11, row: 5}]);
  expect(pictureOf(sightOf([[9, 'ACT2', 3, 5]])).open[3]).toEqual([{from: 9, to: 1000, row: 5}]);
});

test('the pointer finds the nearest item within its slack', () => {
  const [bank] = some.lanes;
  if (!bank) throw new Error('no lane');
  expect(bank.item[nearest(bank, 111, 4)]).toBe(3);
  expect(bank.item[nearest(bank, 116.5, 4)]).toBe(5);
  expect(nearest(bank, 125, 3)).toBe(-1);
  expect(firstAfter(bank, 114)).toBe(4);
});

test('arrows walk along a lane, and to the next lane that has anything', () => {
  expect(stepped(some, {lane: 0, at: 3}, 1, 0)).toEqual({lane: 0, at: 4});
  expect(stepped(some, {lane: 0, at: 6}, 1, 0)).toEqual({lane: 0, at: 6});
  expect(stepped(some, {lane: 0, at: 0}, -1, 0)).toEqual({lane: 0, at: 0});
  expect(stepped(some, {lane: 0, at: 3}, 0, 1)).toEqual({lane: 1, at: 0});
  expect(stepped(some, {lane: 5, at: 0}, 0, 1)).toEqual({lane: 5, at: 0});
  expect(stepped(some, {lane: 0, at: 0}, 0, -1)).toEqual({lane: 0, at: 0});
});

test('what is read stays so when more is fetched, and is let go when it is gone', () => {
  const later = pictureOf(sightOf([[0, 'RD', 0, 7, 0], [4, 'RD', 0, 7, 1]], {from: 110, to: 300}));
  expect(carried(some, {lane: 0, at: 3}, later)).toEqual({lane: 0, at: 0});
  expect(carried(some, {lane: 0, at: 0}, later)).toBeNull();
  expect(carried(some, {lane: 0, at: 3}, pictureOf(sightOf([], {bank_groups: 4})))).toBeNull();
});

test('a pixel is as full as the bursts in it', () => {
  const bus = some.lanes[4];
  if (!bus) throw new Error('no bus');
  const cover = coverage(bus, 120, 140, 10);
  expect([...cover]).toEqual([0, 1, 0, 0, 0, 1, 0, 1, 0, 0]);
  expect([...coverage(bus, 120, 140, 5)]).toEqual([0.5, 0, 0.5, 0.5, 0]);
  expect(Math.max(...coverage(bus, 120, 140, 5, (i) => kindOf(some, i) === 'WR'))).toBe(0.5);
});

test('lanes are stacked without overlap, and found by their height', () => {
  const layout = layoutOf(some);
  layout.placed.reduce((end, p) => {
    expect(p.y).toBeGreaterThanOrEqual(end);
    return p.y + p.height;
  }, 0);
  for (const [i, p] of layout.placed.entries()) expect(laneAt(layout, p.y + 1)).toBe(i);
  expect(laneAt(layout, 0)).toBe(-1);
  expect(laneAt(layout, layout.height)).toBe(-1);
});

test('banks are named by group, and a second rank is said', () => {
  const {sight, lanes} = some;
  expect(lanes.map((l) => labelOf(sight, l))).toEqual([
    {name: '0', group: 'Grp 0'}, {name: '1', group: ''}, {name: '0', group: 'Grp 1'}, {name: '1', group: ''}, {name: '', group: 'Data bus'}, {name: '', group: 'Arrays'},
  ]);
  expect(bankName({...sight, ranks: 2}, 5)).toBe('rank 1, bank group 0, bank 1');
  expect(bankName(sight, -1)).toBe('all banks');
});

test('a command is told in words, with its clock, time, bank, row and data', () => {
  expect(said(describe(some, {lane: 0, at: 3}))).toBe('Clock 110 (110 ns): RD, bank group 0, bank 0: burst 0 of row 7; its data are on the bus in clocks 130 to 131');
  expect(said(describe(some, {lane: 4, at: 0}))).toBe('Clock 122 (122 ns): data of WR, bank group 1, bank 0, issued at clock 112');
  expect(said(describe(some, {lane: 5, at: 0}))).toBe('Clock 120 (120 ns): the arrays compute for 30.0 ns');
  expect(deed(some, 7)).toBe('nothing else for 150 clocks');
});

const clocks = (from: number, to: number) => ({from, to});

test('a window of clocks zooms around a point, between its limits and within the run', () => {
  const [all, limits] = [clocks(0, 100_000), {least: 24, most: 20_000}];
  expect(zoomed(clocks(1000, 3000), all, 0.5, 0.25, limits)).toEqual(clocks(1250, 2250));
  expect(zoomed(clocks(1000, 3000), all, 1e-9, 0, limits)).toEqual(clocks(1000, 1024));
  expect(zoomed(clocks(1000, 3000), all, Infinity, 0.5, limits)).toEqual(clocks(0, 20_000));
  expect(zoomed(clocks(0, 10), clocks(0, 10), 0.1, 0.5, limits)).toEqual(clocks(0, 10));
});

test('a window moves by its own length, and to a point, but never out of the run', () => {
  const all = clocks(0, 10_000);
  expect(panned(clocks(1000, 2000), all, 0.5)).toEqual(clocks(1500, 2500));
  expect(panned(clocks(1000, 2000), all, -9)).toEqual(clocks(0, 1000));
  expect(centred(clocks(1000, 2000), all, 5000)).toEqual(clocks(4500, 5500));
  expect(centred(clocks(1000, 2000), all, 1e9)).toEqual(clocks(9000, 10_000));
});

test('marks of an axis of clocks are whole clocks', () => {
  expect(axis(clocks(100, 103), 20, 1)).toEqual([100, 101, 102, 103]);
});

test('a part of the profile is the same number of grains for the whole run', () => {
  // NLLB-MoE, 4 tokens: 157,583 clocks are 2463 grains, in 224 parts of 11.
  expect(partClocks(224, 157_583)).toBe(704);
  for (const n of [300, 2400, 2640, 5000, 39_100]) {
    const each = Math.ceil(n / 240);
    expect(Math.abs(partClocks(Math.ceil(n / each), n * 64 + 300) / 64 - each)).toBeLessThanOrEqual(1);
  }
  expect(partClocks(1, 50)).toBe(50);
});

test('the whole run lies between the gutter and the edge', () => {
  const s = {clocks: 1000, width: 260, gutter: 60};
  expect([clockAt(s, 0), clockAt(s, 60), clockAt(s, 160), clockAt(s, 260), clockAt(s, 999)]).toEqual([0, 0, 500, 1000, 1000]);
});

test('a picture of twenty thousand clocks is taken apart in a blink', () => {
  const many = sightOf(Array.from({length: 9000}, (_, i) => [i * 2, 'RD', i % 4, 1, i % 32] as const), {to: 20_000});
  const began = performance.now();
  expect(pictureOf(many).lanes[4]?.item).toHaveLength(9000);
  expect(performance.now() - began).toBeLessThan(200);
});
