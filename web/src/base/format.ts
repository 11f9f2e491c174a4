// Numbers for people: three significant digits, a no-break space, a unit.

import type {Bytes, BytesPerSecond, Milliseconds, Picojoules, Picoseconds} from './units';

const space = '\u00a0';
const three = new Intl.NumberFormat('en', {minimumSignificantDigits: 3, maximumSignificantDigits: 3, useGrouping: false});
const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

type Prefix = readonly [factor: number, name: string];

const large: readonly Prefix[] = [[1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']];
const times: readonly Prefix[] = [[1e12, 's'], [1e9, 'ms'], [1e6, 'µs'], [1e3, 'ns'], [1, 'ps']];
const energies: readonly Prefix[] = [[1e15, 'kJ'], [1e12, 'J'], [1e9, 'mJ'], [1e6, 'µJ'], [1e3, 'nJ'], [1, 'pJ']];

function scaled(value: number, steps: readonly Prefix[], unit: string): string {
  const size = Math.abs(value);
  // 0.9995 of a step would round up to "1000" of the step below.
  const step = steps.find(([factor]) => size >= factor * 0.9995) ?? steps[steps.length - 1] ?? [1, ''];
  const text = value === 0 ? '0' : three.format(value / step[0]);
  return `${text}${space}${step[1]}${unit}`.trimEnd();
}

/** 12.3 ms. */
export const time = (t: Picoseconds) => (t === 0 ? '0' : scaled(t, times, ''));

/** How long to wait, rounded up: 12 s, 25 min. */
export function wait(t: Milliseconds): string {
  const s = Math.max(1, Math.ceil(t / 1000));
  return s < 120 ? `${s}${space}s` : `${whole.format(Math.ceil(s / 60))}${space}min`;
}

/** 1.50 GB, decimal. */
export const size = (b: Bytes) => (b < 1000 && b > -1000 ? `${whole.format(b)}${space}B` : scaled(b, large, 'B'));

/** 454 GB/s. */
export const rate = (b: BytesPerSecond) => `${scaled(b, large, 'B')}/s`;

/** 4.20 J. */
export const energy = (e: Picojoules) => (e === 0 ? '0' : scaled(e, energies, ''));

/** 1.23 k, for rates and counts too long to read. */
export const short = (n: number) => (Number.isInteger(n) && Math.abs(n) < 1000 ? String(n) : scaled(n, large, ''));

/** 12,345. */
export const count = (n: number) => whole.format(n);

/** 5.10×. */
export const ratio = (r: number) => (Number.isFinite(r) ? `${r >= 1000 ? whole.format(r) : three.format(r)}×` : '–');

/** 94 %, and "<1 %" for what is there but rounds to nothing. */
export function percent(x: number): string {
  if (x > 0 && x < 0.005) return `<1${space}%`;
  return `${Math.round(x * 100)}${space}%`;
}

/** 83.2 %, and "<0.1 %" for what is there but rounds to nothing. */
export function tenths(x: number): string {
  return x > 0 && x < 0.0005 ? `<0.1${space}%` : `${(x * 100).toFixed(1)}${space}%`;
}

/** +12.8 %: how much more a is than b; "equal" where the two are. */
export function difference(a: number, b: number): string {
  if (a === b) return 'equal';
  return b > 0 ? `${a > b ? '+' : '−'}${tenths(Math.abs(a - b) / b)}` : '–';
}

/** 3 experts, 1 expert. */
export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)}${space}${n === 1 ? one : many}`;

/** A number as it is typed: no grouping, at most d significant digits. */
export const plain = (n: number, d = 6) => String(Number(n.toPrecision(d)));

const resources: Readonly<Record<string, string>> = {
  gpu: 'GPU',
  link_in: 'Link in',
  link_out: 'Link out',
  ndp: 'NDP',
  cpu: 'CPU',
  flash: 'Flash',
};

/** The name of a resource for people. */
export const resource = (name: string) => resources[name] ?? words(name);

const waits: Readonly<Record<string, string>> = {
  gpu: 'the GPU',
  link_in: 'the link to the GPU',
  link_out: 'the link from the GPU',
  ndp: 'the NDP core',
  cpu: 'the CPU',
  flash: 'flash',
};

/** What waiting for a resource means. */
export const waitsFor = (name: string) => waits[name] ?? words(name);

const works: Readonly<Record<string, string>> = {
  pmove: 'PMove (weights in)',
  amove_out: 'AMove out',
  amove_in: 'AMove in',
  dense_ffn: 'dense FFN',
  read: 'read from flash',
  all_to_all: 'exchange between GPUs',
};

/** The name of a kind of work for people. */
export const work = (name: string) => works[name] ?? words(name);

const words = (name: string) => name.replaceAll('_', ' ');
