// Sweeps that people want, made for the scenario at hand: pure.

import type {Scenario} from '../wire.gen';
import type {SweepField} from './sweepfields';
import {axisFor} from './sweepform';
import type {AxisForm, SweepForm} from './sweepform';

/** A ready-made sweep. */
export interface Preset {
  readonly name: string;
  readonly text: string; // what it answers
  readonly lacks: (s: Scenario) => string; // why it makes no sense here; empty: it does
  readonly axes: (s: Scenario, axis: (path: string, some: Partial<AxisForm>) => AxisForm) => readonly AxisForm[];
}

const nowhere = () => '';
const deviceless = (s: Scenario) => (s.machine.device.count > 0 ? '' : 'needs a memory device');
const batches = '1, 2, 4, 8, 16, 32, 64, 128';
const listed = (values: string) => ({kind: 'values' as const, values});
const over = (from: string, to: string, steps: string, scale: AxisForm['scale'] = 'log') => ({kind: 'range' as const, from, to, steps, scale});

export const presets: readonly Preset[] = [
  {
    name: 'Batch × link bandwidth', text: 'When is a faster link worth it?', lacks: nowhere,
    axes: (_, axis) => [axis('workload.batch', listed(batches)), axis('machine.link.bandwidth_bytes_per_s', listed('8, 16, 32, 64, 128, 256, 512'))],
  },
  {
    name: 'MAC arrays × device bandwidth', text: 'Which device should be built?', lacks: deviceless,
    axes: (_, axis) => [axis('machine.device.ndp.arrays', listed('8, 16, 32, 64, 128, 256')), axis('machine.device.bandwidth_bytes_per_s', listed('64, 128, 256, 512, 1024, 2048'))],
  },
  {
    name: 'Strategies × batch', text: 'Which strategy for how many sequences?', lacks: nowhere,
    axes: (_, axis) => [axis('workload.batch', listed(batches)), axis('strategy.name', {})],
  },
  {
    name: 'Skew', text: 'What do popular experts change?', lacks: nowhere,
    axes: (s, axis) => [
      ...(s.workload.routing.source === 'lognormal' ? [] : [axis('workload.routing.source', {names: ['lognormal']})]),
      axis('workload.routing.sigma', over('0', '3', '13', 'linear')), axis('strategy.name', {}),
    ],
  },
];

/** The form of a preset. */
export function presetForm({axes}: Preset, s: Scenario, field: (path: string) => SweepField): SweepForm {
  return {axes: axes(s, (path, some) => ({...axisFor(field(path), s), ...some})), method: 'grid', points: '200', seed: '1'};
}
