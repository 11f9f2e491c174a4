// The device's choices. The first option of each is what holds where the scenario says
// nothing.

import type {Option} from '../fields';

export interface Select {
  readonly path: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly hint?: string;
}

const option = (value: string, label: string): Option => ({value, label});

const memory: readonly Select[] = [
  {
    path: 'machine.device.dram.grade', label: 'Speed grade',
    options: [option('lpddr5x_8533', 'LPDDR5X-8533'), option('lpddr5x_7500', 'LPDDR5X-7500'), option('lpddr5_6400', 'LPDDR5-6400')],
  },
  {
    path: 'machine.device.dram.layout', label: 'Layout of weights',
    options: [
      option('row|rank|bank|column|bankgroup|channel|offset', 'Interleaved: bursts take turns on the bank groups'),
      option('row|rank|bank|bankgroup|column|channel|offset', 'Row by row: one bank at a time'),
    ],
  },
  {
    path: 'machine.device.dram.refresh', label: 'Refresh',
    options: [option('per-bank', 'Bank by bank'), option('all-bank', 'All banks at once'), option('none', 'None, as if cells held for ever')],
  },
  {
    path: 'machine.device.dram.controller', label: 'Controller',
    options: [option('streaming', 'Streaming: made for weights'), option('window', 'Window: first ready, first come, first served')],
  },
  {
    path: 'machine.device.dram.pmove_from', label: 'PMove reads',
    options: [option('host', 'A copy in host memory'), option('device', 'This device')],
    hint: 'of runs that compare strategies; here, the box above decides',
  },
];

const core: readonly Select[] = [
  {
    path: 'machine.device.ndp.order', label: 'Outer loop',
    options: [option('tokens', 'Tokens: weights stream again for each tile'), option('weights', 'Weights: each serves as many tokens as fit')],
    hint: 'weights outer is worth a wide output buffer',
  },
];

export const selects = {memory, core};
