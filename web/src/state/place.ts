// What one expert costs wherever it may be computed, and from how many tokens on it
// pays to move its weights: pure. The closed forms of core/gpu, host, device and link,
// without their rounding to picoseconds.

import {bytesPerSecond, picoseconds} from '../base/units';
import type {BytesPerSecond, Picoseconds} from '../base/units';
import type {Machine, ModelSpec, Scenario} from '../wire.gen';

/** Where one expert may be computed, and what must come there first. */
export const sites = ['device', 'host', 'moved', 'gpu'] as const;
export type Site = (typeof sites)[number];

/** The least of a scenario that the cost of one expert depends on. */
export type Case = Pick<Scenario, 'model' | 'machine'> & {readonly strategy: Pick<Scenario['strategy'], 'name'>};

const ps = 1e12;
const half = 2; // bytes of an activation, bf16

/** The matrices of one expert. */
export const matrices = (m: ModelSpec) => (m.gated ? 3 : 2);

/** The weights of one expert. */
export const weightsOf = (m: ModelSpec) => matrices(m) * m.d_model * m.expert_ff;

/** What they take. */
export const expertBytes = (m: ModelSpec) => Math.ceil((weightsOf(m) * m.expert_bits) / 8);

/** What one token's activations take, one way. */
export const tokenBytes = (m: ModelSpec) => m.d_model * half;

/** Operations for t tokens of one expert. */
export const operations = (m: ModelSpec, t: number) => 2 * t * weightsOf(m);

/** Operations for each byte of weights: as many as there are tokens, where weights are bf16. */
export const intensity = (m: ModelSpec, t: number) => operations(m, t) / expertBytes(m);

/** The tokens that give an intensity. */
export const tokensAt = (m: ModelSpec, x: number) => (x * expertBytes(m)) / (2 * weightsOf(m));

/** What a GPU or a CPU reads and writes for t tokens of one expert. */
function traffic(m: ModelSpec, t: number): number {
  return expertBytes(m) + t * (6 * tokenBytes(m) + 2 * (matrices(m) - 1) * m.expert_ff * half);
}

/** What a large copy over the link reaches. */
export const linkRate = ({link}: Machine) => bytesPerSecond(link.bandwidth_bytes_per_s * link.efficiency);

const deviceRate = ({device}: Machine) => bytesPerSecond(device.bandwidth_bytes_per_s * device.efficiency);

/** How fast weights reach the GPU: by the link, unless they lie on devices that are slower or busy. */
export function moveRate({machine, strategy}: Case): BytesPerSecond {
  const {count, dram} = machine.device;
  const link = linkRate(machine);
  if (count === 0 || dram?.pmove_from !== 'device') return link;
  const each = strategy.name === 'MD+LB' ? Math.min(link / count, deviceRate(machine) / 2) : deviceRate(machine);
  return bytesPerSecond(Math.min(link, each * count));
}

/** How often the weights stream past the arrays for t tokens. */
export const passesOf = ({device}: Machine, t: number) => Math.ceil(t / device.ndp.rows);

function onGPU({model, machine: {gpu}}: Case, t: number): number {
  const kernels = matrices(model) + 3; // and the activation function, the gather and the scatter of a loop over experts
  const fixed = gpu.kernel_ps + (gpu.eager ? gpu.launch_ps : 0);
  const bytes = traffic(model, t) / (gpu.bandwidth_bytes_per_s * gpu.bandwidth_efficiency);
  return Math.max(bytes, operations(model, t) / (gpu.compute_flops_per_s * gpu.compute_efficiency)) * ps + kernels * fixed;
}

function onHost({model, machine: {host}}: Case, t: number): number {
  const bytes = traffic(model, t) / (host.bandwidth_bytes_per_s * host.bandwidth_efficiency);
  return Math.max(bytes, operations(model, t) / (host.compute_flops_per_s * host.compute_efficiency)) * ps + host.operator_ps;
}

function onDevice({model, machine}: Case, t: number): number {
  const {device} = machine;
  const {arrays, cols, clock_hz} = device.ndp;
  const pass = Math.max(expertBytes(model) / deviceRate(machine), Math.ceil(weightsOf(model) / (arrays * cols)) / clock_hz);
  return device.command_ps + passesOf(machine, t) * pass * ps;
}

/** Activations to where the expert lives, and back. */
export const amoveTime = ({model, machine}: Case, t: number) => picoseconds(2 * (machine.link.latency_ps + ((t * tokenBytes(model)) / linkRate(machine)) * ps));

/** An expert's weights over the link. */
export const pmoveTime = (c: Case) => picoseconds(c.machine.link.latency_ps + (expertBytes(c.model) / moveRate(c)) * ps);

/** How long t tokens of one expert take by themselves, with what must be moved for them. */
export function timeAt(c: Case, site: Site, t: number): Picoseconds {
  switch (site) {
    case 'gpu':
      return picoseconds(onGPU(c, t));
    case 'moved':
      return picoseconds(pmoveTime(c) + onGPU(c, t));
    case 'host':
      return picoseconds(amoveTime(c, t) + onHost(c, t));
    case 'device':
      return picoseconds(amoveTime(c, t) + onDevice(c, t));
  }
}

/** A processor's roof: operations a second, and bytes of weights a second that reach it. */
export interface Roof {
  readonly site: Site;
  readonly peak: number; // FLOP/s
  readonly rate: BytesPerSecond;
}

/** The operations a second that a roof allows at an intensity. */
export const under = (r: Roof, x: number) => Math.min(r.peak, r.rate * x);

/** The roofs of a machine: of one device, where it has several. */
export function roofsOf(c: Case): Roof[] {
  const {gpu, host, device} = c.machine;
  const compute = gpu.compute_flops_per_s * gpu.compute_efficiency;
  const {arrays, rows, cols, clock_hz} = device.ndp;
  const all: Roof[] = [
    {site: 'device', peak: 2 * arrays * rows * cols * clock_hz, rate: deviceRate(c.machine)},
    {site: 'host', peak: host.compute_flops_per_s * host.compute_efficiency, rate: bytesPerSecond(host.bandwidth_bytes_per_s * host.bandwidth_efficiency)},
    {site: 'moved', peak: compute, rate: moveRate(c)},
    {site: 'gpu', peak: compute, rate: bytesPerSecond(gpu.bandwidth_bytes_per_s * gpu.bandwidth_efficiency)},
  ];
  return device.count > 0 ? all : all.filter((r) => r.site !== 'device');
}

/** Where experts are computed in place: on the device, or on the host where there is none. */
export const homeOf = ({machine}: Pick<Case, 'machine'>): Site => (machine.device.count > 0 ? 'device' : 'host');

/** How far the crossover is looked for, in tokens. */
export const farthest = 65_536;

/** The fewest tokens for which moving one expert's weights takes less time than computing it in place; null if there are none so far. */
export function crossover(c: Case, home: Site = homeOf(c)): number | null {
  for (let t = 1; t <= farthest; t++) {
    if (timeAt(c, home, t) > timeAt(c, 'moved', t)) return t;
  }
  return null;
}
