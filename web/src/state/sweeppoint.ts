// The scenario of one point of a sweep: pure.

import type {Scenario, Short, SweepRow, SweepSpec} from '../wire.gen';
import type {Value} from './sweepfields';

type Node = Readonly<Record<string, unknown>>;

/** Where a name may stand for what it names, and the field that then has it. */
const names: Readonly<Record<string, string>> = {strategy: 'name', kv: 'allocator', expert_format: 'name'};

/** A copy of a document with value at path; a preset's name on the way becomes the base of what differs. */
function laid(node: unknown, path: readonly string[], value: unknown, own = ''): Node {
  const [key = '', ...rest] = path;
  const object: Node = typeof node === 'string' ? {[names[own] ?? 'base']: node} : ((node ?? {}) as Node);
  return {...object, [key]: rest.length === 0 ? value : laid(object[key], rest, value, key)};
}

/** A scenario, in full or short, with a point's values. */
export function pointOf(base: Scenario | Short, spec: SweepSpec, row: Pick<SweepRow, 'values'>): Short {
  return spec.axes.reduce<Node>((doc, a, i) => laid(doc, a.path.split('.'), row.values[i] satisfies Value | undefined), base as Node);
}

/** A scenario in a line. */
export function aboutOf(s: Scenario): string {
  const {batch, input_tokens: input, output_tokens: output, phase} = s.workload;
  const steps = phase === 'encoder' || phase === 'prefill' ? '' : `, ${output} out`;
  return `${s.model.name || 'a model of your own'} on ${s.machine.name || 'a machine of your own'}, ${s.strategy.name}, ${phase}, batch ${batch}, ${input} tokens in${steps}, fidelity ${s.fidelity}`;
}
