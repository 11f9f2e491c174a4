// Measurements that the page fetches, and the scenarios of their rows. Only the script
// of the view about trust holds this.

import {batch} from '@preact/signals';
import {milliseconds} from '../base/units';
import type {Core} from '../engine/engine';
import type {Resolved, Short} from '../wire.gen';
import type {Editor} from './editor';
import type {Lens} from './lens';
import {readValidation} from './trust';
import type {Row, Validation} from './trust';

/** Fetches the comparison. Rejects with what went wrong. */
export async function fetchValidation(url: string, get: (url: string) => Promise<Response> = fetch): Promise<Validation> {
  const answer = await get(url);
  if (!answer.ok) throw new Error(answer.status === 404 ? 'the file is missing' : `the server answered ${answer.status}`);
  const file: unknown = await answer.json().catch(() => {
    throw new Error('the file is missing, or is no JSON');
  });
  return readValidation(file);
}

/** Turns rows into scenarios of the page. */
export class Reopener {
  constructor(private readonly editor: Editor, private readonly lens: Lens, private readonly core: Pick<Core, 'resolve' | 'encode'>) {}

  /** The link to a row's scenario: what follows the page's address. Rejects with a Refusal. */
  async link(row: Row): Promise<string> {
    return this.core.encode((await this.resolved(row)).full);
  }

  /** Opens a row's scenario where strategies are compared. Rejects with a Refusal. */
  async open(row: Row): Promise<void> {
    const found = await this.resolved(row);
    batch(() => {
      this.editor.replace(found.full, 'pick', milliseconds(found.estimate_ms));
      this.lens.set({view: 'strategies'}, 'pick');
    });
  }

  private resolved(row: Row): Promise<Resolved> {
    return this.core.resolve(JSON.parse(row.scenario ?? '{}') as Short);
  }
}
