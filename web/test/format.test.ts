import {expect, test} from 'vitest';
import {count, difference, energy, percent, plain, plural, rate, ratio, resource, short, size, tenths, time, wait, work} from '../src/base/format';
import {bytes, bytesPerSecond, milliseconds, picojoules, picoseconds} from '../src/base/units';

const said = (s: string) => s.replaceAll('\u00a0', ' ');

test('a time has three digits and the unit that suits it', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0'], [1, '1.00 ps'], [999, '999 ps'], [1000, '1.00 ns'], [1_234_000, '1.23 µs'], [57_900_000_000, '57.9 ms'], [1.56e12, '1.56 s'], [3.6e15, '3600 s'],
  ];
  for (const [ps, want] of cases) expect(said(time(picoseconds(ps)))).toBe(want);
});

test('rounding up moves to the next unit instead of showing 1000', () => {
  expect(said(time(picoseconds(999_999)))).toBe('1.00 µs');
  expect(said(size(bytes(999_999_999)))).toBe('1.00 GB');
});

test('bytes are decimal, and whole below a kilobyte', () => {
  expect(said(size(bytes(0)))).toBe('0 B');
  expect(said(size(bytes(999)))).toBe('999 B');
  expect(said(size(bytes(103e9)))).toBe('103 GB');
});

test('a difference is signed, in tenths of a percent, and none is said so', () => {
  expect(said(difference(131, 148))).toBe('−11.5 %');
  expect(said(difference(150, 100))).toBe('+50.0 %');
  expect([difference(5, 5), difference(5, 0)]).toEqual(['equal', '–']);
  expect([said(tenths(0.8316)), said(tenths(1e-6)), said(tenths(0))]).toEqual(['83.2 %', '<0.1 %', '0.0 %']);
});

test('a rate is decimal', () => {
  expect(said(rate(bytesPerSecond(453.7e9)))).toBe('454 GB/s');
});

test('energy counts from picojoules', () => {
  expect(said(energy(picojoules(50.4e12)))).toBe('50.4 J');
  expect(said(energy(picojoules(573e9)))).toBe('573 mJ');
});

test('what rounds to nothing but is there is not shown as nothing', () => {
  expect(said(percent(0.001))).toBe('<1 %');
  expect(said(percent(0))).toBe('0 %');
  expect(said(percent(0.936))).toBe('94 %');
});

test('a ratio keeps three digits, and is a dash where there is none', () => {
  expect(ratio(5.1)).toBe('5.10×');
  expect(ratio(12345)).toBe('12,345×');
  expect(ratio(Number.POSITIVE_INFINITY)).toBe('–');
});

test('counts are grouped, and short ones are left alone', () => {
  expect(count(12345)).toBe('12,345');
  expect(said(short(12345))).toBe('12.3 k');
  expect(short(999)).toBe('999');
  expect(said(plural(1, 'pass', 'passes'))).toBe('1 pass');
  expect(said(plural(2, 'pass', 'passes'))).toBe('2 passes');
});

test('a typed number shows no noise of binary fractions', () => {
  expect(plain(0.1 + 0.2, 9)).toBe('0.3');
  expect(plain(1e9, 9)).toBe('1000000000');
});

test('an unknown resource or work is shown in words, never dropped', () => {
  expect(resource('link_in')).toBe('Link in');
  expect(resource('flash_read')).toBe('flash read');
  expect(work('shared_expert')).toBe('shared expert');
});

test('a wait is rounded up, to seconds and then to minutes', () => {
  expect([1, 3001, 119_000, 121_000, 1_504_000].map((ms) => said(wait(milliseconds(ms))))).toEqual(['1 s', '4 s', '119 s', '3 min', '26 min']);
});
