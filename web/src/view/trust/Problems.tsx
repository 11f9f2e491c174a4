import {count, plural} from '../../base/format';
import {problemsOf} from '../../state/trust';
import type {Validation} from '../../state/trust';
import {Table} from '../Figure';
import {subject} from './text';
import {wordsOf} from './words';

/** Rows that the simulator has no prediction for, and why. */
export function Problems({v}: {readonly v: Validation}) {
  const problems = problemsOf(v);
  const missing = problems.reduce((n, p) => n + p.rows.length, 0);
  return (
    <section class="card sets" aria-labelledby="problems">
      <h2 id="problems">Rows without a prediction</h2>
      {missing === 0 && <p>None: all {plural(v.rows.length, 'measured value')} have a prediction. What cannot become a scenario would be listed here with the reason, never left out.</p>}
      {missing > 0 && (
        <>
          <p>{count(missing)} of {plural(v.rows.length, 'measured value')} cannot become a scenario. They are in no figure above.</p>
          <Table
            caption="Rows without a prediction" rows={problems}
            columns={[
              {title: 'Measurements', text: true, cell: (p) => wordsOf(p.set).title},
              {title: 'Rows', cell: (p) => count(p.rows.length)},
              {title: 'Reason', text: true, cell: (p) => p.reason},
              {title: 'For example', text: true, cell: (p) => p.rows[0] && subject(p.rows[0])},
            ]}
          />
        </>
      )}
    </section>
  );
}
