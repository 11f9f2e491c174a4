// What a strategy asks of its user beside time: the words, and which it earns by what it
// does. Pure.

import type {Badge, PolicySpec} from '../wire.gen';
import type {Entry} from './entries';

/** What each badge says, everywhere. */
export const badgeWords: Readonly<Record<Badge, string>> = {
  output: 'changes output', training: 'needs training', hardware: 'not sold', secondary: 'secondary source', simulated: 'simulated only',
};

const order = Object.keys(badgeWords) as Badge[];

/** Whether experts are computed near the data, which nobody sells. */
export const nearCompute = (s: Pick<PolicySpec, 'home' | 'missed'>) => s.home === 'stack' || (s.home === 'device' && s.missed !== 'gpu');

/** The badges that what a strategy does earns, whoever it is of. */
function earned(s: PolicySpec): readonly Badge[] {
  const low = s.precision?.twins || (s.precision?.fixed_low_share ?? 0) > 0;
  const gated = s.predictor?.name === 'pre-gate';
  const output = low || gated || (s.deferred ?? 0) > 0 || (s.batching?.capacity_factor ?? 0) > 0;
  return [...(output ? ['output' as const] : []), ...(gated ? ['training' as const] : []), ...(nearCompute(s) ? ['hardware' as const] : [])];
}

/** The badges of a strategy: those that it earns, and those of its entry that nothing it does explains. */
export function badgesOf(entry: Entry, spec: PolicySpec): readonly Badge[] {
  const explained = earned(entry.spec);
  const all = new Set<string>([...entry.badges.filter((b) => !explained.includes(b as Badge)), ...earned(spec)]);
  return order.filter((b) => all.has(b));
}
