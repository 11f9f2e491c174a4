// Commands in words.

import {count, time} from '../../base/format';
import {picoseconds} from '../../base/units';
import type {DeviceSight} from '../../wire.gen';
import {dataAt, kindOf, nameOf} from './picture';
import type {Focus, Kind, Picture} from './picture';

/** What the kinds of commands do, for the legend. */
export const meanings: Readonly<Record<Kind, string>> = {
  ACT: 'opens a row of a bank',
  PRE: 'closes it',
  CAS: 'wakes the data clock',
  RD: 'reads a burst of the open row',
  WR: 'writes one',
  REF: 'refreshes a bank, which does nothing else meanwhile',
};

/** A bank by its place. */
export function bankName(s: DeviceSight, bank: number): string {
  if (bank < 0) return 'all banks';
  const rank = Math.floor(bank / (s.bank_groups * s.banks_per_group));
  const group = Math.floor(bank / s.banks_per_group) % s.bank_groups;
  return `${s.ranks > 1 ? `rank ${rank}, ` : ''}bank group ${group}, bank ${bank % s.banks_per_group}`;
}

/** When a clock of the memory is. */
export const when = (s: DeviceSight, clock: number) => time(picoseconds(clock * s.period_ps));

/** What a command does, by its number. */
export function deed(p: Picture, i: number): string {
  const [name, row, s] = [nameOf(p, i), p.row[i] ?? -1, p.sight];
  const deeds: Readonly<Record<Kind, () => string>> = {
    ACT: () => (name === 'ACT1' ? `the first half of opening row ${row}` : `row ${row} opens`),
    PRE: () => 'the open row closes',
    CAS: () => 'the data clock (WCK) starts',
    RD: () => `burst ${p.burst[i] ?? 0} of row ${row}; ${onBus(p, i)}`,
    WR: () => `burst ${p.burst[i] ?? 0} of row ${row}; ${onBus(p, i)}`,
    REF: () => `nothing else for ${name === 'REFab' ? s.RFC : s.RFCpb} clocks`,
  };
  return deeds[kindOf(p, i)]();
}

const onBus = (p: Picture, i: number) => `its data are on the bus in clocks ${count(dataAt(p, i))} to ${count(dataAt(p, i) + p.sight.BL - 1)}`;

/** An item of the picture in words. */
export function describe(p: Picture, f: Focus): string {
  const lane = p.lanes[f.lane];
  const [start, end, item] = [lane?.start[f.at] ?? 0, lane?.end[f.at] ?? 0, lane?.item[f.at] ?? 0];
  const at = `Clock ${count(Math.floor(start))} (${when(p.sight, start)})`;
  if (lane?.kind === 'arrays') return `${at}: the arrays compute for ${when(p.sight, end - start)}`;
  const command = `${nameOf(p, item)}, ${bankName(p.sight, p.bank[item] ?? -1)}`;
  if (lane?.kind === 'bus') return `${at}: data of ${command}, issued at clock ${count(p.clock[item] ?? 0)}`;
  return `${at}: ${command}: ${deed(p, item)}`;
}
