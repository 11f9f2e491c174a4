// Where the lanes of the picture are: pure.

import type {DeviceSight} from '../../wire.gen';
import type {Lane, Picture} from './picture';

export const axisHeight = 22;
const bankHeight = 18;
const groupGap = 7;
const tall = {bank: bankHeight, bus: 34, arrays: 28} as const;

/** A lane and where it is drawn. */
export interface Placed {
  readonly lane: Lane;
  readonly y: number;
  readonly height: number;
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly height: number;
}

/** Stacks the lanes, with a gap before every bank group, the bus and the arrays. */
export function layoutOf(p: Picture): Layout {
  let y = axisHeight;
  const placed = p.lanes.map((lane): Placed => {
    if (lane.kind !== 'bank' || lane.bank % p.sight.banks_per_group === 0) y += groupGap;
    const at = {lane, y, height: tall[lane.kind]};
    y += at.height;
    return at;
  });
  return {placed, height: y + 3};
}

/** The lane at a height, or -1. */
export const laneAt = (l: Layout, y: number) => l.placed.findIndex((p) => y >= p.y && y < p.y + p.height);

/** The name of a lane in the gutter: a bank's number, and before the first of a group the group's. */
export function labelOf(s: Pick<DeviceSight, 'banks_per_group' | 'bank_groups' | 'ranks'>, lane: Lane): {readonly name: string; readonly group: string} {
  if (lane.kind !== 'bank') return {name: '', group: lane.kind === 'bus' ? 'Data bus' : 'Arrays'};
  const [bank, group] = [lane.bank % s.banks_per_group, Math.floor(lane.bank / s.banks_per_group)];
  const rank = Math.floor(group / s.bank_groups);
  return {name: String(bank), group: bank === 0 ? `${s.ranks > 1 ? `R${rank} ` : ''}Grp ${group % s.bank_groups}` : ''};
}
