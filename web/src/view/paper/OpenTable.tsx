import {Table} from '../Figure';
import {closed} from './points';

/** What the paper leaves open and no control decides. */
export function OpenTable() {
  return (
    <section class="figure card" aria-labelledby="closed">
      <h2 id="closed">Open points without a control</h2>
      <p class="note">Everything else that the paper leaves open is a control, with its default and the reason for it. These are fixed, or missing:</p>
      <Table
        caption="Open points without a control" rows={closed}
        columns={[
          {title: 'Open in the paper', text: true, cell: (c) => c.point},
          {title: 'What the simulator does', text: true, cell: (c) => c.does},
          {title: 'Why', text: true, cell: (c) => c.why},
        ]}
      />
    </section>
  );
}
