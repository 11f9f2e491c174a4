// Made-up sights of a device, for tests only.

import type {DeviceSight} from '../src/wire.gen';

export const ops = ['ACT1', 'ACT2', 'PREpb', 'PREab', 'CAS_RD', 'CAS_WR', 'RD', 'WR', 'RDA', 'WRA', 'REFab', 'REFpb'] as const;
type Op = (typeof ops)[number];

/** A command as [clock less the sight's from, name, bank, row, burst]. */
export type Command = readonly [clock: number, op: Op, bank: number, row?: number, burst?: number];

/** A sight of two groups of two banks whose clock takes a nanosecond. */
export function sightOf(commands: readonly Command[], some: Partial<Record<keyof DeviceSight, unknown>> = {}): DeviceSight {
  const flat = commands.flatMap(([clock, op, bank, row = -1, burst = -1]) => [clock, ops.indexOf(op), bank, row, burst]);
  return {
    period_ps: 1000, ranks: 1, bank_groups: 2, banks_per_group: 2, CL: 20, CWL: 10, BL: 2, RFC: 300, RFCpb: 150, from: 0, to: 1000,
    ops, commands: commands.length > 0 ? flat : null, arrays: null, profile: null, time_ps: 1_000_000, closed_ps: 900_000, ...some,
  } as unknown as DeviceSight;
}
