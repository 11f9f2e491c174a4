// How far predictions are from measurements: what `monde validate --json` says, pure.

/** One measured value beside its prediction. */
export interface Row {
  readonly set: string;
  readonly model: string;
  readonly strategy: string;
  readonly machine: string;
  readonly case?: string; // what else tells rows apart
  readonly tokens: number; // 0 where there are none
  readonly measured_us: number; // in unit
  readonly predicted_us: number;
  readonly roofline_us: number; // 0 where there is none
  readonly error: number; // predicted over measured, less 1
  readonly unit?: string; // where it is not µs
  readonly fitted?: boolean; // constants were fitted to it
  readonly problem?: string; // why there is no prediction
  readonly scenario?: string; // in short form
}

/** The errors of some rows; all but bias are of absolute values. */
export interface Summary {
  readonly name: string; // of the set
  readonly strategy: string; // or all
  readonly machine: string; // or all
  readonly fitted?: boolean;
  readonly rows: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  readonly worst: number;
  readonly bias: number;
  readonly roofline: number; // mean of a roofline's: the baseline to beat
  readonly problems: number;
}

/** A number that predictions rest on and no datasheet holds. */
export interface Constant {
  readonly name: string;
  readonly value: number;
  readonly fit?: string; // the measurements that it is fitted to
  readonly text: string;
}

export interface Validation {
  readonly engine: string;
  readonly sets: readonly Summary[];
  readonly rows: readonly Row[];
  readonly constants: readonly Constant[];
}

const listed = (v: unknown, keys: readonly string[]) => Array.isArray(v) && v.every((x: unknown) => typeof x === 'object' && x !== null && keys.every((k) => k in x));

/** What a file says, if it is a comparison: the build wrote it, so its fields are not checked one by one. */
export function readValidation(file: unknown): Validation {
  const v = (typeof file === 'object' && file !== null ? file : {}) as Partial<Validation>;
  if (!listed(v.sets, ['name', 'rows', 'mean']) || !listed(v.rows, ['set', 'measured_us', 'predicted_us'])) throw new Error('it holds no comparison with measurements');
  return {engine: v.engine ?? '', sets: v.sets ?? [], rows: v.rows ?? [], constants: v.constants ?? []};
}

function grouped<T>(items: readonly T[], key: (t: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const t of items) {
    const group = groups.get(key(t));
    if (group) group.push(t);
    else groups.set(key(t), [t]);
  }
  return groups;
}

const all = 'all';

/** A set of measurements: the sum over its held-out rows, and over those that were fitted to. */
export interface MeasuredSet {
  readonly name: string;
  readonly held: Summary | null;
  readonly fitted: Summary | null;
}

/** Every set, in the order of the file. */
export function setsOf(v: Validation): MeasuredSet[] {
  const sums = v.sets.filter((s) => s.strategy === all && s.machine === all);
  const find = (name: string, fitted: boolean) => sums.find((s) => s.name === name && (s.fitted ?? false) === fitted) ?? null;
  return [...new Set(sums.map((s) => s.name))].map((name) => ({name, held: find(name, false), fitted: find(name, true)}));
}

/** The parts of a set: rows of one strategy on one machine. */
export const partsOf = (v: Validation, set: string) => v.sets.filter((s) => s.name === set && !(s.strategy === all && s.machine === all));

/** What tells the parts of a set apart. */
export const partOf = (r: Pick<Row, 'strategy' | 'machine'>) => `${r.strategy}, ${r.machine}`;

/** The rows of a set that have a prediction. */
export const predicted = (v: Validation, set: string) => v.rows.filter((r) => r.set === set && r.problem === undefined);

/** A reason why rows have no prediction, and how many. */
export interface Problem {
  readonly set: string;
  readonly reason: string;
  readonly rows: readonly Row[];
}

/** Rows without a prediction, each reason once. */
export function problemsOf(v: Validation): Problem[] {
  const found = grouped(v.rows.filter((r) => r.problem !== undefined), (r) => JSON.stringify([r.set, r.problem]));
  return [...found.values()].flatMap((rows) => (rows[0] ? [{set: rows[0].set, reason: rows[0].problem ?? '', rows}] : []));
}

/** The typical errors of some rows. */
export interface Typical {
  readonly rows: number;
  readonly median: number;
  readonly p90: number;
  readonly worst: number;
  readonly roofline: number; // median of a roofline's; 0 where there is none
}

/** The least value that a share of the values does not exceed: what the comparison's own figures are. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? 0;
}

function typical(rows: readonly Row[]): Typical {
  const errors = rows.map((r) => Math.abs(r.error));
  const roofs = rows.filter((r) => r.roofline_us > 0).map((r) => Math.abs(r.roofline_us / r.measured_us - 1));
  return {rows: rows.length, median: quantile(errors, 0.5), p90: quantile(errors, 0.9), worst: quantile(errors, 1), roofline: quantile(roofs, 0.5)};
}

const layers = new Set(['h100/graph_layers', 'h100/layers']);
const blocks = new Set(['pregated/block_lats', 'pregated/ubench_b64_block_lats']);

/** What a figure in front is about: layers measured by us, and those that others published. */
const kinds = {
  pmove: (r: Row) => (layers.has(r.set) && r.strategy.startsWith('pm_')) || (blocks.has(r.set) && r.strategy !== 'GPU-only'),
  gpu: (r: Row) => r.set === 'gpu_moe/moe_kernels' || r.set === 'h100/ffn' || (layers.has(r.set) && r.strategy.startsWith('ideal')) || (blocks.has(r.set) && r.strategy === 'GPU-only'),
  cpu: (r: Row) => r.set === 'h100/cpu' || (layers.has(r.set) && r.strategy === 'am_cpu'),
} as const;
export type Kind = keyof typeof kinds;

/** The typical errors of the held-out rows of a kind; null if there is none. */
export function figureOf(v: Validation, kind: Kind): Typical | null {
  const rows = v.rows.filter((r) => r.fitted !== true && r.problem === undefined && kinds[kind](r));
  return rows.length > 0 ? typical(rows) : null;
}

/** The rows whose predictions are furthest off, worst first. */
export const furthest = (rows: readonly Row[], most: number) => [...rows].sort((a, b) => Math.abs(b.error) - Math.abs(a.error)).slice(0, most);

/** How a constant is known: what does not say that it is fitted or measured was set. */
export const knownFrom = (c: Constant) => (c.fit ? 'fitted' : /\bmeasured\b/.test(c.text) ? 'measured' : 'assumed');

/** Rows by the unit that they are measured in, each unit a picture of its own. */
export const byUnit = (rows: readonly Row[]) => grouped(rows, (r) => r.unit ?? 'µs');

/** Where a step leads from a row: along by what was measured, across by how far off the prediction is. */
export function stepped(rows: readonly Row[], from: Row | null, along: number, across: number): Row | null {
  const by = along !== 0 ? (r: Row) => r.measured_us : (r: Row) => Math.abs(r.error);
  const sorted = [...rows].sort((a, b) => by(a) - by(b));
  const at = from ? sorted.indexOf(from) : -1;
  if (at < 0) return sorted[Math.max(along, across) > 1 || across > 0 ? sorted.length - 1 : 0] ?? null;
  return sorted[Math.min(sorted.length - 1, Math.max(0, at + along + across))] ?? null;
}
