// Reading and changing a scenario by the path that the engine uses in its
// errors: "machine.link.latency_ps".

type Node = Readonly<Record<string, unknown>>;

const isNode = (x: unknown): x is Node => typeof x === 'object' && x !== null && !Array.isArray(x);

/** What is at path, or undefined. */
export function at(root: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => (isNode(node) ? node[key] : undefined), root);
}

/** The number at path; NaN if there is none. */
export function numberAt(root: unknown, path: string): number {
  const value = at(root, path);
  return typeof value === 'number' ? value : Number.NaN;
}

/** A copy of root with value at path; what did not change is shared. */
export function withValue<T>(root: T, path: string, value: unknown): T {
  const [key = '', ...rest] = path.split('.');
  const node: Node = isNode(root) ? root : {};
  const inner = rest.length === 0 ? value : withValue(node[key], rest.join('.'), value);
  return {...node, [key]: inner} as T;
}

/** A copy of root without what is at path; an object that held nothing else goes with it. */
export function without<T>(root: T, path: string): T {
  const [key = '', ...rest] = path.split('.');
  if (!isNode(root) || !(key in root)) return root;
  const {[key]: child, ...others} = root;
  const inner = rest.length === 0 ? undefined : without(child, rest.join('.'));
  const empty = inner === undefined || (isNode(inner) && Object.keys(inner).length === 0);
  return (empty ? others : {...root, [key]: inner}) as T;
}

/** Whether two pieces of plain data are equal, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]));
  if (!isNode(a) || !isNode(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => same(a[k], b[k]));
}
