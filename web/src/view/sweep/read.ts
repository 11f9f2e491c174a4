// What pictures of a sweep say of a point, in words.

import {percent, resource} from '../../base/format';
import {figureOf} from '../../state/sweepmetrics';
import type {Metric} from '../../state/sweepmetrics';
import {valueText} from '../../state/sweepfields';
import type {SweepField} from '../../state/sweepfields';
import type {SweepRow} from '../../wire.gen';

/** Where a point is: "Batch 16, Link bandwidth 64 GB/s". */
export const whereText = (fields: readonly SweepField[], row: SweepRow) => fields.map((f, i) => `${f.title} ${valueText(f, row.values[i] ?? '')}`).join(', ');

/** A point in a sentence: its values, its figure, what it waits for; or why it failed. */
export function pointText(fields: readonly SweepField[], m: Metric, row: SweepRow): string {
  const {result} = row;
  if (!result) return `${whereText(fields, row)}: not possible. ${row.failed ?? ''}`;
  const v = figureOf(m, row);
  const notes = [result.simulated_only ? ', simulated only' : '', result.fits ? '' : ', does not fit in memory'].join('');
  return `${whereText(fields, row)}: ${m.title} ${Number.isNaN(v) ? 'none' : m.text(v)}; waits for ${resource(result.limit)} ${percent(result.limit_share)}${notes}. Enter opens it.`;
}

/** What is said before anybody points. */
export const hint = 'Point at it, or use the arrow keys, to read it; Enter or a click opens a point.';
