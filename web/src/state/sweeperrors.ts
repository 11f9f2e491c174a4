// Where the form of a sweep shows what the server refuses: pure.

import type {Failed, Field} from '../wire.gen';

/** What was refused, by where it is said. */
export interface Placed {
  readonly form: ReadonlyMap<string, string>; // "axes[0].values", as the form's own mistakes
  readonly scenario: readonly Field[]; // of the scenario that is edited, at its controls
  readonly rest: readonly Field[];
}

const parts = new Set(['path', 'values', 'from', 'to', 'steps']);

/** Sorts the fields of a refusal. */
export function placed(failed: Failed | null): Placed {
  const form = new Map<string, string>();
  const [scenario, rest]: [Field[], Field[]] = [[], []];
  for (const f of failed?.fields ?? []) {
    const axis = /^sweep\.(axes\[\d+\])(?:\.(\w+))?/.exec(f.path);
    const own = /^sweep\.(points|seed|method)$/.exec(f.path);
    const key = axis ? `${axis[1]}.${parts.has(axis[2] ?? '') ? axis[2] : 'path'}` : own?.[1];
    if (key) form.set(key, [form.get(key), f.reason].filter(Boolean).join('; '));
    else if (f.path.startsWith('scenario.')) scenario.push({...f, path: f.path.slice('scenario.'.length)});
    else rest.push(f);
  }
  return {form, scenario, rest};
}
