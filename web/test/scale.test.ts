import {expect, test} from 'vitest';
import {clamped, decades, labelled, logAt, logShare, rangeOf, ticksOf} from '../src/base/scale';

test('a logarithmic axis and its inverse agree', () => {
  const range = {from: 0.5, to: 2000};
  for (const v of [0.5, 1, 7, 1999]) expect(logAt(logShare(v, range), range)).toBeCloseTo(v, 9);
  expect([logShare(0.5, range), logShare(2000, range)]).toEqual([0, 1]);
});

test('ticks are round, within the range and few', () => {
  expect(decades({from: 0.5, to: 2000})).toEqual([1, 10, 100, 1000]);
  expect(ticksOf({from: 1, to: 20}, 6)).toEqual([1, 2, 5, 10, 20]);
  expect(ticksOf({from: 0.5, to: 2000}, 5)).toEqual([1, 10, 100, 1000]);
  expect(ticksOf({from: 1, to: 1e9}, 5)).toEqual([1, 100, 1e4, 1e6, 1e8]);
});

test('a range holds its values and has round ends', () => {
  expect(rangeOf([0.3, 14])).toEqual({from: 0.2, to: 20});
  expect(rangeOf([1])).toEqual({from: 0.5, to: 2});
  expect(rangeOf([])).toEqual({from: 1, to: 10});
  expect(rangeOf([Number.NaN, 0, 3])).toEqual({from: 2, to: 5});
});

test('a value is cut to a range', () => {
  expect([0, 3, 9].map((v) => clamped(v, {from: 1, to: 5}))).toEqual([1, 3, 5]);
});

test('labels that would touch are left out, and 1 is not', () => {
  const range = {from: 0.2, to: 50};
  const ticks = [0.2, 0.5, 1, 2, 5, 10, 20, 50];
  expect(labelled(ticks, range, 0.05)).toEqual(ticks);
  expect(labelled(ticks, range, 0.25)).toEqual([0.2, 1, 10, 50]);
  expect(labelled(ticks, range, 0.9)).toEqual([1]);
});
