// What a strategy needs of a machine: pure. Every place that says why something does not
// run says it from here.

import type {Machine, PolicySpec, Scenario} from '../wire.gen';

/** What a machine may lack for a strategy. */
export type Need = 'single' | 'device' | 'stack' | 'flash';

/** Whether a strategy's experts lie where NDP can be. */
export const nearData = (strategy: Pick<PolicySpec, 'home'>) => strategy.home === 'device' || strategy.home === 'stack';

/** Whether a machine has flash. */
export const hasFlash = ({machine}: Pick<Scenario, 'machine'>) => (machine.flash?.memory_bytes ?? 0) > 0;

/** Whether experts are spread over more than one GPU. */
export const several = ({machine}: Pick<Scenario, 'machine'>) => (machine.gpus ?? 1) > 1;

/** What a machine lacks for experts in a home; null: nothing. */
export function lackOf({home}: Pick<PolicySpec, 'home'>, machine: Machine): Need | null {
  if (home === 'gpu') return null;
  if (several({machine})) return 'single';
  const stacked = machine.device.count > 0 && (machine.device.stacked ?? false);
  if (home === 'stack') return stacked ? null : 'stack';
  if (home === 'device') return machine.device.count > 0 && !stacked ? null : 'device';
  return home === 'flash' && !hasFlash({machine}) ? 'flash' : null;
}

/** A lack in words that follow a strategy's name. */
export function needText(need: Need, machine: Machine): string {
  if (need === 'single') return `is for one GPU; this machine has ${machine.gpus ?? 1}`;
  return {device: 'needs a memory device', stack: 'needs NDP in the GPU’s memory', flash: 'needs flash'}[need];
}

/** The same as a sentence of its own. */
export function needLine(need: Need, machine: Machine): string {
  const text = needText(need, machine).replace(/^is /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
