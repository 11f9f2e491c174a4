import {expect, test} from 'vitest';
import {Channel} from '../src/base/channel';
import {Latest} from '../src/base/latest';
import {at, numberAt, same, withValue, without} from '../src/base/path';

test('a newer request aborts the older one', () => {
  const latest = new Latest();
  const first = latest.next();
  const second = latest.next();
  expect(first.aborted).toBe(true);
  expect(second.aborted).toBe(false);
  latest.stop();
  expect(second.aborted).toBe(true);
});

test('a channel gives everything that was pushed, in order, then ends', async () => {
  const channel = new Channel<number>();
  channel.push(1);
  setTimeout(() => {
    channel.push(2);
    channel.close();
    channel.push(3);
  });
  const got: number[] = [];
  for await (const n of channel) got.push(n);
  expect(got).toEqual([1, 2]);
});

test('taking a value out takes what held nothing else with it', () => {
  const root = {a: {b: {c: 1}, d: 2}, e: 3};
  expect(without(root, 'a.b.c')).toEqual({a: {d: 2}, e: 3});
  expect(without(root, 'a.x.c')).toEqual(root);
  expect(without({a: {b: 1}}, 'a.b')).toEqual({});
});

test('setting a value copies only what holds it', () => {
  const before = {a: {b: 1}, c: {d: 2}};
  const after = withValue(before, 'a.b', 5);
  expect(after).toEqual({a: {b: 5}, c: {d: 2}});
  expect(after.c).toBe(before.c);
  expect(before.a.b).toBe(1);
});

test('a path that leads nowhere is undefined, and no number', () => {
  expect(at({a: 1}, 'a.b.c')).toBeUndefined();
  expect(numberAt({a: 'x'}, 'a')).toBeNaN();
});

test('plain data are equal whatever the order of keys', () => {
  expect(same({a: 1, b: [1, {c: 2}]}, {b: [1, {c: 2}], a: 1})).toBe(true);
  expect(same({a: 1}, {a: 1, b: undefined})).toBe(false);
  expect(same([1, 2], [1])).toBe(false);
  expect(same(null, {})).toBe(false);
});
