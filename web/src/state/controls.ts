// The numbers that a user may set, as rows: a path in the scenario, a unit, a
// range for the slider. The engine alone decides what is valid.

import {plain} from '../base/format';
import {numberAt} from '../base/path';
import type {Scenario} from '../wire.gen';
import {hasFlash, several} from './needs';

export interface NumberRow {
  readonly path: string;
  readonly label: string;
  readonly unit: string;
  readonly per: number; // the scenario's units in one shown unit
  readonly min: number; // of the slider, in shown units
  readonly max: number;
  readonly log: boolean;
  readonly whole: boolean; // the scenario holds an integer
  readonly shown?: (s: Scenario) => boolean;
  readonly hint?: string;
  readonly usual?: (s: Scenario) => number; // where the scenario may leave it out: what holds then
}

type Range = readonly [min: number, max: number];
type More = Partial<NumberRow>;

const row = (path: string, label: string, unit: string, per: number, [min, max]: Range, more: More = {}): NumberRow => ({
  path, label, unit, per, min, max, log: min > 0 && max / min >= 50, whole: true, ...more,
});
const rate = (path: string, label: string, range: Range, more: More = {}) => row(path, label, 'GB/s', 1e9, range, more);
const part = (path: string, label: string, more: More = {}) => row(path, label, 'of peak', 1, [0.05, 1], {whole: false, log: false, ...more});

const kib = (path: string, label: string, range: Range, usual: (s: Scenario) => number, hint: string) => row(path, label, 'KiB', 1024, range, {shown: device, usual, hint});

const steps = (s: Scenario) => s.workload.phase !== 'encoder' && s.workload.phase !== 'prefill';
const device = (s: Scenario) => s.machine.device.count > 0;
/** Whether the scenario splits experts between the GPU and where they live. */
export const balanced = (s: Scenario) => s.strategy.home !== 'gpu' && s.strategy.missed === 'balance';
const learnt = (s: Scenario) => several(s) && s.strategy.home === 'gpu' && (s.strategy.placement ?? 'id') !== 'id';
const joined = (s: Scenario) => several(s) && s.machine.peer !== undefined;
const formula = (s: Scenario) => balanced(s) && s.strategy.alpha_mode !== 'exact';

export const workload: readonly NumberRow[] = [
  row('workload.batch', 'Batch', 'sequences', 1, [1, 4096]),
  row('workload.input_tokens', 'Input', 'tokens', 1, [1, 32768]),
  row('workload.output_tokens', 'Output', 'tokens', 1, [1, 4096], {shown: steps}),
];

export const routing: readonly NumberRow[] = [
  row('workload.routing.sigma', 'Log-normal σ', '', 1, [0, 4], {whole: false, shown: (s) => s.workload.routing.source === 'lognormal', hint: '0 is even; 2 and more is very skewed'}),
  row('workload.routing.alpha', 'Dirichlet α', '', 1, [0.01, 100], {whole: false, shown: (s) => s.workload.routing.source === 'dirichlet', hint: 'the smaller, the more skewed'}),
  row('workload.routing.exponent', 'Zipf s', '', 1, [0, 3], {whole: false, shown: (s) => s.workload.routing.source === 'zipf', hint: '0 is even; 1 is the classic curve'}),
];

// What the playground and the microscope both set.
const arrays = row('machine.device.ndp.arrays', 'NDP arrays', '', 1, [4, 4096], {shown: device});
const heights = row('machine.device.ndp.rows', 'NDP array rows', '', 1, [1, 64], {shown: device, hint: 'tokens that one pass over the weights serves'});
const cols = row('machine.device.ndp.cols', 'NDP array columns', '', 1, [1, 64], {shown: device});
const clock = row('machine.device.ndp.clock_hz', 'NDP clock', 'GHz', 1e9, [0.1, 5], {shown: device});

export const machine: readonly NumberRow[] = [
  rate('machine.link.bandwidth_bytes_per_s', 'Link bandwidth', [4, 1000], {hint: 'each direction, peak'}),
  rate('machine.device.bandwidth_bytes_per_s', 'Device bandwidth', [32, 8000], {shown: device}),
  arrays,
  row('machine.gpu.memory_bytes', 'GPU memory', 'GiB', 2 ** 30, [4, 1024], {hint: '1 GiB is 1.07 GB'}),
];

export const moreMachine: readonly NumberRow[] = [
  row('machine.gpus', 'GPUs', 'alike', 1, [1, 64], {usual: () => 1, hint: 'that share sequences and experts; several need experts in GPU memory'}),
  rate('machine.peer.bandwidth_bytes_per_s', 'Bandwidth between GPUs', [5, 2000], {shown: joined, hint: 'of one GPU, each direction, peak'}),
  part('machine.peer.efficiency', 'Of it, exchanges reach', {shown: joined}),
  row('machine.peer.latency_ps', 'Latency between GPUs', 'µs', 1e6, [0.1, 1000], {shown: joined, hint: 'of one exchange'}),
  part('machine.link.efficiency', 'Link efficiency'),
  row('machine.link.latency_ps', 'Link latency', 'µs', 1e6, [0.05, 100]),
  rate('machine.gpu.bandwidth_bytes_per_s', 'GPU bandwidth', [100, 20000]),
  part('machine.gpu.bandwidth_efficiency', 'GPU bandwidth efficiency'),
  row('machine.gpu.compute_flops_per_s', 'GPU compute', 'TFLOP/s', 1e12, [1, 10000], {hint: 'bf16, dense'}),
  part('machine.gpu.compute_efficiency', 'GPU compute efficiency'),
  row('machine.gpu.kernel_ps', 'Kernel overhead', 'µs', 1e6, [0.1, 100], {hint: 'of a matrix product, launched from a graph'}),
  row('machine.gpu.sms', 'GPU SMs', '', 1, [1, 512]),
  row('machine.gpu.l2_bytes', 'GPU L2', 'MB', 1e6, [1, 512]),
  row('machine.host.cores', 'Host cores', '', 1, [1, 256]),
  rate('machine.host.bandwidth_bytes_per_s', 'Host bandwidth', [10, 2000]),
  row('machine.host.compute_flops_per_s', 'Host compute', 'TFLOP/s', 1e12, [0.1, 100]),
  row('machine.host.memory_bytes', 'Host memory', 'GiB', 2 ** 30, [16, 8192]),
  rate('machine.flash.bandwidth_bytes_per_s', 'Flash bandwidth', [0.1, 20], {shown: hasFlash}),
  part('machine.flash.efficiency', 'Flash efficiency', {shown: hasFlash}),
  row('machine.flash.latency_ps', 'Flash latency', 'µs', 1e6, [1, 1000], {shown: hasFlash, hint: 'of one request'}),
  row('machine.flash.request_bytes', 'Flash request', 'KiB', 1024, [4, 4096], {shown: hasFlash}),
  row('machine.flash.queue_depth', 'Flash queue', 'requests', 1, [1, 1024], {shown: hasFlash, hint: 'under way at once'}),
  row('machine.device.memory_bytes', 'Device memory', 'GiB', 2 ** 30, [32, 16384], {shown: device}),
  part('machine.device.efficiency', 'Device efficiency', {shown: device}),
  row('machine.device.count', 'Memory devices', '', 1, [1, 16], {shown: (s) => device(s) || s.machine.device.bandwidth_bytes_per_s > 0, hint: 'alike; experts take turns on them'}),
  heights, cols, clock,
  row('machine.device.command_ps', 'NDP command latency', 'ns', 1e3, [1, 100000], {shown: device}),
];

/** The device's memory, for the microscope. */
export const memory: readonly NumberRow[] = [
  row('machine.device.dram.channels', 'Channels', 'of 16 bits', 1, [1, 256], {shown: device, usual: () => 32, hint: 'MoNDE: 8 modules of 64 bits are 32'}),
];

const ndp = (s: Scenario) => s.machine.device.ndp;

/** The NDP core, for the microscope. */
export const core: readonly NumberRow[] = [arrays, heights, cols, clock];

/** Its buffers; the defaults are those of core/ndp. */
export const buffers: readonly NumberRow[] = [
  kib('machine.device.ndp.weight_buffer_bytes', 'Weight buffer', [8, 16384], (s) => 448 * ndp(s).arrays * ndp(s).cols, 'two halves: one fills while the other is used'),
  kib('machine.device.ndp.activation_buffer_bytes', 'Activation buffer', [8, 16384], (s) => 36 * 1024 * ndp(s).rows, 'inputs and what is between the two layers'),
  kib('machine.device.ndp.output_buffer_bytes', 'Output buffer', [1, 16384], (s) => 8 * ndp(s).rows * ndp(s).arrays * ndp(s).cols, 'results in fp32 on their way out'),
];

const elsewhere = (s: Scenario) => s.strategy.home !== 'gpu' && s.strategy.home !== 'stack';
const cached = (s: Scenario) => elsewhere(s) && s.strategy.cache.name !== 'none';
const sized = (s: Scenario) => cached(s) && !s.strategy.cache_fills;
const guessed = (s: Scenario) => cached(s) && s.strategy.predictor.name !== 'none';
const twins = (s: Scenario) => elsewhere(s) && s.strategy.precision.twins;

/** Parameters of the axes that a strategy is on. */
export const axes: readonly NumberRow[] = [
  part('strategy.cache_share', 'Experts cached', {min: 0, unit: 'of all', shown: sized, hint: 'in GPU memory; of each layer, or of the model'}),
  row('strategy.cache.slots', 'Cache slots', 'experts', 1, [0, 256], {shown: sized, hint: '0: as the share says'}),
  row('strategy.predictor.distance', 'Predicts', 'blocks ahead', 1, [1, 16], {shown: guessed}),
  part('strategy.predictor.accuracy', 'Accuracy', {min: 0, unit: '', shown: guessed, hint: 'of a replayed predictor; 0 is as published'}),
  row('strategy.predictor.latency_ps', 'Prediction takes', 'µs', 1e6, [0, 1000], {shown: guessed}),
  row('strategy.prefetch.chunks', 'Chunks', 'an expert', 1, [1, 32], {shown: guessed, hint: 'what is asked for waits for one at most'}),
  row('strategy.precision.low_bits', 'Twins', 'bits', 1, [1, 8], {whole: false, shown: (s) => twins(s) || (elsewhere(s) && s.strategy.precision.fixed_low_share > 0)}),
  part('strategy.precision.high_share', 'Wanted whole', {min: 0, unit: 'of choices', shown: twins}),
  part('strategy.precision.low_share', 'Wanted as twins', {min: 0, unit: 'of choices', shown: twins, hint: 'the rest is skipped'}),
  part('strategy.precision.fixed_low_share', 'Twins alone', {min: 0, unit: 'of a layer’s experts', shown: elsewhere, hint: 'those least asked for, which have few bits for good'}),
  row('strategy.deferred', 'Deferred', 'experts', 1, [0, 16], {shown: (s) => s.strategy.home === 'host' && s.strategy.missed !== 'gpu', hint: 'that the CPU computes beside the next layer'}),
  row('strategy.held_blocks', 'Blocks held', 'on the GPU', 1, [0, 64], {shown: elsewhere, hint: 'the last of a stack, with all their experts'}),
  row('strategy.batching.micro_batches', 'Micro-batches', '', 1, [1, 64], {hint: 'that use a layer’s weights one after another'}),
  part('strategy.batching.capacity_factor', 'Capacity factor', {min: 0, unit: '', hint: 'static gating: every expert computes this share of all tokens; 0: as many as it gets'}),
];

export const strategy: readonly NumberRow[] = [
  row('strategy.alpha', 'α', '', 1, [0, 4], {whole: false, shown: (s) => balanced(s) && s.strategy.alpha_mode === 'fixed', hint: 'scales how many experts are hot'}),
  row('strategy.min_hot', 'At least hot', 'experts', 1, [0, 64], {shown: formula}),
  row('strategy.profile_passes', 'Profile passes', '', 1, [1, 64], {shown: (s) => learnt(s) || (balanced(s) && s.strategy.alpha_mode === 'auto'), hint: 'forward passes that α is tuned on, or experts are placed by'}),
  row('strategy.staging', 'Staging', 'experts', 1, [2, 64], {
    shown: (s) => balanced(s) || (s.strategy.home !== 'gpu' && s.strategy.missed === 'gpu' && s.strategy.transfer === 'overlap'),
    hint: 'that GPU memory holds in transit',
  }),
];

export const run: readonly NumberRow[] = [row('seed', 'Seed', '', 1, [0, 100], {hint: 'of every random draw'})];

/** The paths that a control shows errors of; others go to the summary. */
export const rows: readonly NumberRow[] = [...workload, ...routing, ...machine, ...moreMachine, ...memory, ...buffers, ...strategy, ...axes, ...run];

/** A slider's resolution. */
export const ticks = 1000;

/** The scenario's value of a row, or what holds where it has none. */
export function valueOf(r: NumberRow, s: Scenario): number {
  const value = numberAt(s, r.path);
  return Number.isNaN(value) && r.usual ? r.usual(s) : value;
}

/** What to write for a value: nothing where it holds anyway. */
export const toWrite = (r: NumberRow, s: Scenario, value: number) => (r.usual?.(s) === value ? undefined : value);

/** Where on the slider a shown value is, 0 to ticks. */
export function tickOf(r: NumberRow, shown: number): number {
  const v = Math.min(r.max, Math.max(r.min, shown));
  const t = r.log ? Math.log(v / r.min) / Math.log(r.max / r.min) : (v - r.min) / (r.max - r.min);
  return Math.round(t * ticks);
}

/** The shown value at a tick: round, for what a hand can aim at. */
export function shownAt(r: NumberRow, tick: number): number {
  if (tick <= 0) return r.min;
  if (tick >= ticks) return r.max;
  const t = tick / ticks;
  const v = r.log ? r.min * (r.max / r.min) ** t : r.min + (r.max - r.min) * t;
  const round = Number(v.toPrecision(v >= 100 ? 3 : 2));
  return Math.min(r.max, Math.max(r.min, r.whole && r.per === 1 ? Math.round(round) : round));
}

/** The next value that a key reaches from a shown one: never the same, where there is another. */
export function nudged(r: NumberRow, shown: number, direction: 1 | -1): number {
  for (let tick = tickOf(r, shown) + 5 * direction; tick > 0 && tick < ticks; tick += direction) {
    const next = shownAt(r, tick);
    if ((next - shown) * direction > 0) return next;
  }
  return direction > 0 ? r.max : r.min;
}

/** A shown value in the scenario's unit. */
export const toScenario = (r: NumberRow, shown: number) => (r.whole ? Math.round(shown * r.per) : shown * r.per);

/** A typed value in the scenario's unit: what should be whole and is not, the engine refuses. */
export const typedIn = (r: NumberRow, shown: number) => (r.per === 1 ? shown : toScenario(r, shown));

/** The text of a scenario's value in the shown unit. */
export const toShown = (r: NumberRow, value: number) => plain(value / r.per, r.per === 1 ? 16 : 9);
