// What the paper leaves open, as rows: a control, its default, and the reason for it.

import type {NumberRow} from '../../state/controls';
import type {Select} from '../microscope/selects';

/** Why a default is what it is. */
export interface Reason {
  readonly usual: string; // the default, for people
  readonly why: string;
}

export type Open = Reason & ({readonly number: NumberRow} | {readonly select: Select});

type Shape = Partial<Pick<NumberRow, 'log' | 'whole' | 'shown'>>;

const number = (path: string, label: string, unit: string, per: number, [min, max]: readonly [number, number], usual: string, why: string, more: Shape = {}): Open => ({
  number: {path, label, unit, per, min, max, log: min > 0 && max / min >= 50, whole: true, ...more}, usual, why,
});

const choice = (path: string, label: string, usual: string, why: string, options: readonly (readonly [value: string, label: string])[]): Open => ({
  select: {path, label, options: options.map(([value, text]) => ({value, label: text}))}, usual, why,
});

/** A group of open points. */
export interface Chapter {
  readonly title: string;
  readonly open: boolean;
  readonly note?: string;
  readonly points: readonly Open[];
}

const load: readonly Open[] = [
  number('workload.batch', 'Batch of the sensitivities', 'sequences', 1, [1, 256], '4', 'between one user and where the device runs short of arrays'),
  number('workload.input_tokens', 'Input', 'tokens', 1, [1, 4096], '512', 'as reported of the paper; not open'),
  number('workload.output_tokens', 'Output', 'tokens', 1, [1, 512], '32', 'from 8 to 512 the speed-ups move by 2 %: only the first step is dearer'),
  choice('workload.scope', 'What is timed', 'the whole encoder or decoder', 'the claim is about encoder and decoder operations, so attention and dense layers count', [['model', 'The whole encoder or decoder'], ['moe_layer', 'The experts of one MoE block']]),
  choice('workload.routing.source', 'Experts are chosen by', 'Switch-Base-128’s measured popularity', 'no counts of Switch-Large or of NLLB-MoE are published, and none of any decoder of either; it is the nearest model with counts', [
    ['measured', 'Measured popularity (a stand-in)'], ['lognormal', 'Log-normal curve'], ['zipf', 'Zipf curve'], ['dirichlet', 'Dirichlet curve'], ['uniform', 'Uniform'],
  ]),
  number('workload.routing.sigma', 'Log-normal σ', '', 1, [0, 4], '1', 'published counts fit 0.1 to 1.3', {whole: false, shown: (s) => s.workload.routing.source === 'lognormal'}),
  number('workload.routing.exponent', 'Zipf s', '', 1, [0, 3], '0.8', 'Switch-Base-128’s encoder fits 0.86', {whole: false, shown: (s) => s.workload.routing.source === 'zipf'}),
  number('workload.routing.alpha', 'Dirichlet α', '', 1, [0.01, 100], '0.5', 'Switch-Base-128’s encoder fits 0.55', {whole: false, shown: (s) => s.workload.routing.source === 'dirichlet'}),
];

const baseline: readonly Open[] = [
  choice('strategy.transfer', 'GPU+PM moves weights', 'beside compute', 'DMA engines and streams allow it, and a baseline should not be made slow', [['overlap', 'Beside the compute of another expert'], ['serial', 'Before each compute, one by one']]),
  choice('machine.device.dram.pmove_from', 'PMove reads', 'host memory', 'offloading frameworks pin the weights there; read from the device it would take 32 of its 512 GB/s', [['host', 'A copy in host memory'], ['device', 'The device']]),
];

const split: readonly Open[] = [
  choice('strategy.alpha_mode', 'α is', 'searched', 'the paper is said to tune it; a bytes-only balance leaves the compute of busy experts out', [['auto', 'Searched on profile passes'], ['fixed', 'Fixed'], ['exact', 'Not used: the best split of every layer']]),
  number('strategy.alpha', 'α, where fixed', '', 1, [0, 16], '1', 'what equation 4 gives untuned', {whole: false, log: false, shown: (s) => s.strategy.alpha_mode === 'fixed'}),
  number('strategy.profile_passes', 'Profile passes', '', 1, [1, 64], '2', 'one could be odd; more move the speed-up by less than 1 %', {shown: (s) => s.strategy.alpha_mode === 'auto'}),
  choice('strategy.rounding', 'H is rounded', 'to the nearest', 'experts are whole, and this is right on average', [['floor', 'Down'], ['nearest', 'To the nearest'], ['ceil', 'Up']]),
  number('strategy.min_hot', 'H is at least', 'experts', 1, [0, 16], '0', 'moving one Switch expert takes 524 µs, in which the device computes sixteen: few active experts are best left', {log: false}),
];

const link: readonly Open[] = [
  number('machine.link.efficiency', 'Link efficiency', 'of peak', 1, [0.05, 1], '1', 'the paper’s equations use the nominal rate; real PCIe 4 x16 copies reach 0.69 to 0.75', {whole: false, log: false}),
  number('machine.link.latency_ps', 'Link latency', 'µs', 1e6, [0.05, 100], '1 µs', 'the usual order of a DMA across PCIe'),
  number('machine.device.command_ps', 'Command latency', 'ns', 1e3, [1, 100_000], '100 ns', 'a hundred clocks of the core, to fetch and decode a queued instruction'),
  number('machine.gpu.kernel_ps', 'Kernel launch', 'µs', 1e6, [0.1, 100], '3 µs', 'of a kernel launched from a graph; every expert takes five'),
];

const device: readonly Open[] = [
  number('machine.device.bandwidth_bytes_per_s', 'Device bandwidth', 'GB/s', 1e9, [32, 8000], '512 GB/s', 'the figure reported of the paper; the raw pins of 8 modules of 64 bits at 8533 MT/s carry 546, so it is 94 % of them'),
  choice('fidelity', 'Fidelity', 'event', 'transfers and kernels share resources, as in the machine; clock by clock takes minutes for every figure', [['analytic', 'Analytic: closed forms'], ['event', 'Event: shared resources'], ['cycle', 'Cycle: experts clock by clock']]),
];

const kib = (path: string, label: string, usual: string, why: string, from: (arrays: number, rows: number, cols: number) => number): Open => ({
  number: {
    path, label, unit: 'KiB', per: 1024, min: 1, max: 4096, log: true, whole: true,
    usual: (s) => from(s.machine.device.ndp.arrays, s.machine.device.ndp.rows, s.machine.device.ndp.cols),
  },
  usual, why,
});

const clocked: readonly Open[] = [
  choice('machine.device.ndp.order', 'Outer loop over tiles', 'tokens', 'ceil(tokens / 4) passes, as the text implies', [['tokens', 'Tokens'], ['weights', 'Weights']]),
  kib('machine.device.ndp.weight_buffer_bytes', 'Weight buffer', '112 KiB', '264 KB in all are reported; the split is ours: two halves, long enough to hide a row change', (a, _, c) => 448 * a * c),
  kib('machine.device.ndp.activation_buffer_bytes', 'Activation buffer', '144 KiB', 'holds four tokens of NLLB-MoE and what is between its two layers', (_, r) => 36 * 1024 * r),
  kib('machine.device.ndp.output_buffer_bytes', 'Output buffer', '8 KiB', 'two tiles of results in fp32', (a, r, c) => 8 * a * r * c),
  choice('machine.device.dram.layout', 'Layout of weights', 'interleaved', 'successive bursts go to other channels, then other bank groups: the only trace of the paper’s is that banks share the load', [
    ['row|rank|bank|column|bankgroup|channel|offset', 'Interleaved by bank group'], ['row|rank|bank|bankgroup|column|channel|offset', 'Row by row'],
  ]),
  choice('machine.device.dram.grade', 'LPDDR timings', 'LPDDR5X-8533', 'as reported; nanoseconds of JESD209-5B', [['lpddr5x_8533', 'LPDDR5X-8533'], ['lpddr5x_7500', 'LPDDR5X-7500'], ['lpddr5_6400', 'LPDDR5-6400']]),
  choice('machine.device.dram.refresh', 'Refresh', 'bank by bank', 'LPDDR5 allows it, and the other banks go on', [['per-bank', 'Bank by bank'], ['all-bank', 'All banks at once'], ['none', 'None']]),
];

/** Every open point that is a field of the scenario. */
export const chapters: readonly Chapter[] = [
  {title: 'Load', open: true, points: load},
  {title: 'Hot and cold', open: true, points: split},
  {title: 'Moving weights', open: true, points: baseline},
  {title: 'Link and launch', open: true, points: link},
  {title: 'Device', open: true, points: device},
  {title: 'Inside the device', open: false, points: clocked, note: 'These act at fidelity “cycle” alone: the closed forms of the others have no tiles and no banks.'},
];

/** A point that no field of the scenario decides. */
export interface Closed {
  readonly point: string;
  readonly does: string; // what the simulator does
  readonly why: string;
}

export const closed: readonly Closed[] = [
  {point: 'Whether top-2 doubles AMove', does: 'Every routed copy of a token crosses the link by itself, both ways: top-2 doubles it.', why: 'The results are weighted and added on the GPU, which has the gate’s weights.'},
  {point: 'Where the intermediate of an FFN lives', does: 'In the core’s activation buffer; at fidelity “cycle” it goes through the device’s memory where it does not fit.', why: 'Four tokens of it take 64 KiB in NLLB-MoE, which fits the 264 KB reported.'},
  {point: 'Instructions beyond gemm and gemm+relu', does: '64 bytes each, and a third, gemm+silu*mul, for gated experts. An expert pays the command latency once.', why: 'Its instructions are queued together.'},
  {point: 'How completion is seen', does: 'Results cross the link once the last expert is done; the polls of its done register are not timed.', why: 'One poll a layer is far below the time of an expert.'},
  {point: 'Memory of the A100, 40 or 80 GB', does: '80 GiB.', why: 'It changes no time: whether “Ideal” would fit is only reported.'},
  {point: 'Two GPUs', does: 'Not modelled yet: a machine has one GPU and one link.', why: 'Halving a time would be a guess about who shares the link, so nothing is shown.'},
];

/** How many points are open. */
export const openPoints = chapters.reduce((n, c) => n + c.points.length, 0) + closed.length;
