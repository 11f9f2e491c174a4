// Opens one point of a sweep where strategies are compared.

import {reasonOf} from '../../base/browser';
import {pointOf} from '../../state/sweeppoint';
import type {Store} from '../../state/store';
import type {SweepRow, SweepState} from '../../wire.gen';

/** Makes a point the page's scenario. Its digest is the row's. */
export async function openPoint({spare, editor, lens, notices}: Store, state: SweepState, row: SweepRow): Promise<void> {
  try {
    const {full} = await spare.resolve(pointOf(state.scenario, state.sweep, row));
    editor.replace(full, 'pick');
    lens.set({view: 'strategies'}, 'pick');
    window.scrollTo(0, 0);
  } catch (e) {
    notices.warn(`Point ${row.index} cannot be opened: ${reasonOf(e)}`);
  }
}

/** The link to a point, for another tab; null if it cannot be made. */
export async function linkTo({spare}: Store, state: SweepState, row: SweepRow): Promise<string | null> {
  try {
    return await spare.encode((await spare.resolve(pointOf(state.scenario, state.sweep, row))).full);
  } catch {
    return null;
  }
}
