// The commands of a sight, taken apart into lanes: one a bank, the data bus, and the
// MAC arrays. Pure. Every time is in clocks of the memory, from the run's beginning.

import type {DeviceSight} from '../../wire.gen';

/** What a command is for. JEDEC's names say more: ACT1 and ACT2, PREpb and PREab. */
export const kinds = ['ACT', 'PRE', 'CAS', 'RD', 'WR', 'REF'] as const;
export type Kind = (typeof kinds)[number];

/** One row of the picture: its items in the order of their start. */
export interface Lane {
  readonly kind: 'bank' | 'bus' | 'arrays';
  readonly bank: number; // of all ranks and groups; -1 where the lane is no bank's
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly item: Int32Array; // the command; of the arrays' lane, the stretch
}

/** A row that is open in a bank. */
export interface OpenRow {
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

export interface Picture {
  readonly sight: DeviceSight;
  readonly clock: Float64Array;
  readonly op: Uint8Array;
  readonly kinds: readonly Kind[]; // by op
  readonly bank: Int32Array; // -1: all
  readonly row: Int32Array; // -1: none
  readonly burst: Int32Array; // -1: none
  readonly lanes: readonly Lane[]; // banks in order, then the data bus, then the arrays
  readonly open: readonly (readonly OpenRow[])[]; // by bank
}

/** How many banks a channel has. */
export const banksOf = (s: Pick<DeviceSight, 'ranks' | 'bank_groups' | 'banks_per_group'>) => s.ranks * s.bank_groups * s.banks_per_group;

/** What command i of a picture is for. */
export const kindOf = (p: Pick<Picture, 'kinds' | 'op'>, i: number): Kind => p.kinds[p.op[i] ?? 0] ?? 'CAS';

/** What the memory calls command i. */
export const nameOf = (p: Pick<Picture, 'sight' | 'op'>, i: number) => p.sight.ops[p.op[i] ?? 0] ?? '';

const kindNamed = (name: string): Kind => kinds.find((k) => name.startsWith(k)) ?? 'CAS';

/** Whether a command moves data. */
export const moves = (k: Kind) => k === 'RD' || k === 'WR';

/** How many clocks a command takes in its bank. */
export function lengthOf(s: DeviceSight, name: string): number {
  if (name === 'REFab') return s.RFC;
  if (name === 'REFpb') return s.RFCpb;
  return moves(kindNamed(name)) ? s.BL : 1;
}

/** When the data of a command begin on the bus. */
export const dataAt = (p: Picture, i: number) => (p.clock[i] ?? 0) + (kindOf(p, i) === 'WR' ? p.sight.CWL : p.sight.CL);

/** Takes a sight apart. Go writes a list without elements as null. */
export function pictureOf(sight: DeviceSight): Picture {
  const flat: readonly number[] = sight.commands ?? [];
  const n = Math.floor(flat.length / 5);
  const column = (k: number) => Int32Array.from({length: n}, (_, i) => flat[i * 5 + k] ?? -1);
  const clock = Float64Array.from({length: n}, (_, i) => sight.from + (flat[i * 5] ?? 0));
  const some = {sight, clock, op: Uint8Array.from(column(1)), kinds: sight.ops.map(kindNamed), bank: column(2), row: column(3), burst: column(4), lanes: [], open: []};
  const banks = byBank(some.bank, banksOf(sight));
  const lanes = banks.map((list, bank) => laneOf('bank', bank, list, (i) => clock[i] ?? 0, (i) => lengthOf(sight, nameOf(some, i))));
  return {...some, lanes: [...lanes, busLane(some), arraysLane(sight)], open: banks.map((list) => openRows(some, list))};
}

/** The commands of every bank; those of all banks are each one's. */
function byBank(bank: Int32Array, banks: number): number[][] {
  const lists = Array.from({length: banks}, (): number[] => []);
  bank.forEach((b, i) => {
    if (b >= 0) lists[b]?.push(i);
    else for (const list of lists) list.push(i);
  });
  return lists;
}

type At = (i: number) => number;

function laneOf(kind: Lane['kind'], bank: number, items: readonly number[], start: At, length: At): Lane {
  const from = Float64Array.from(items, start);
  return {kind, bank, start: from, end: Float64Array.from(items, (i, k) => (from[k] ?? 0) + length(i)), item: Int32Array.from(items)};
}

/** The data bus carries a burst CL clocks after its RD, CWL after its WR. */
function busLane(p: Picture): Lane {
  const items = Array.from(p.clock, (_, i) => i).filter((i) => moves(kindOf(p, i)));
  const at = (i: number) => dataAt(p, i);
  return laneOf('bus', -1, items.sort((a, b) => at(a) - at(b)), at, () => p.sight.BL);
}

function arraysLane(s: DeviceSight): Lane {
  const flat: readonly number[] = s.arrays ?? [];
  const clocks = (k: number) => (flat[k] ?? 0) / s.period_ps;
  const items = Array.from({length: Math.floor(flat.length / 2)}, (_, i) => i);
  return laneOf('arrays', -1, items, (i) => clocks(2 * i), (i) => clocks(2 * i + 1) - clocks(2 * i));
}

/** When which row is open, as far as the commands tell: one that is read was opened before. */
function openRows(p: Picture, list: readonly number[]): OpenRow[] {
  const rows: OpenRow[] = [];
  let open: {readonly from: number; readonly row: number} | null = null;
  const close = (to: number) => {
    if (open) rows.push({...open, to});
    open = null;
  };
  for (const i of list) {
    const [kind, at, row] = [kindOf(p, i), p.clock[i] ?? 0, p.row[i] ?? -1];
    if (kind === 'ACT') open ??= {from: at, row};
    else if (moves(kind)) open ??= {from: p.sight.from, row};
    if (kind === 'PRE' || kind === 'REF') close(at);
    else if (nameOf(p, i).endsWith('A')) close(at + p.sight.BL);
  }
  close(p.sight.to);
  return rows;
}

/** The position in a lane of the first item that ends after t. Items of a lane hardly overlap. */
export function firstAfter(lane: Lane, t: number): number {
  let [lo, hi] = [0, lane.start.length];
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if ((lane.end[mid] ?? 0) > t) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

/** The position of the item of a lane that is nearest to t and within slack of it, or -1. */
export function nearest(lane: Lane, t: number, slack: number): number {
  let [best, gap] = [-1, slack];
  for (let k = firstAfter(lane, t - slack); k < lane.start.length && (lane.start[k] ?? 0) <= t + slack; k++) {
    const away = Math.max(0, (lane.start[k] ?? 0) - t, t - (lane.end[k] ?? 0));
    if (away < gap || best < 0) [best, gap] = [k, away];
  }
  return best;
}

/** Where the keyboard or the pointer is: an item of a lane. */
export interface Focus {
  readonly lane: number;
  readonly at: number; // position in the lane
}

/** The item that a key leads to: beside in its lane, or at about the same time in another that has any. */
export function stepped(p: Picture, f: Focus, along: number, across: number): Focus {
  const lane = p.lanes[f.lane];
  if (across === 0) return {...f, at: Math.min((lane?.start.length ?? 1) - 1, Math.max(0, f.at + along))};
  const t = lane?.start[f.at] ?? p.sight.from;
  for (let l = f.lane + across; l >= 0 && l < p.lanes.length; l += across) {
    const next = p.lanes[l];
    if (next && next.start.length > 0) return {lane: l, at: Math.min(next.start.length - 1, firstAfter(next, t))};
  }
  return f;
}

/** The same item in another picture, if it is there. */
export function carried(from: Picture, f: Focus, to: Picture): Focus | null {
  const [old, lane] = [from.lanes[f.lane], to.lanes[f.lane]];
  if (!old || !lane || from.lanes.length !== to.lanes.length) return null;
  const at = nearest(lane, old.start[f.at] ?? -1, 0.5);
  return at < 0 ? null : {lane: f.lane, at};
}

/** The share of each pixel column that items of a lane cover, in a window as wide. */
export function coverage(lane: Lane, from: number, to: number, width: number, picked: (item: number) => boolean = () => true): Float32Array {
  const cover = new Float32Array(Math.max(0, Math.ceil(width)));
  const scale = width / (to - from);
  for (let k = firstAfter(lane, from); k < lane.start.length && (lane.start[k] ?? 0) < to; k++) {
    if (!picked(lane.item[k] ?? -1)) continue;
    const [a, b] = [Math.max(0, ((lane.start[k] ?? 0) - from) * scale), Math.min(width, ((lane.end[k] ?? 0) - from) * scale)];
    for (let x = Math.floor(a); x < b; x++) cover[x] = (cover[x] ?? 0) + Math.min(b, x + 1) - Math.max(a, x);
  }
  return cover.map((c) => Math.min(1, c));
}
