import {likest} from '../../state/look';
import {usePart, useStore} from '../../state/store';

/** Why there is nothing to see, and the way out. */
export function NoDevice() {
  const {editor, lens} = useStore();
  const machine = usePart((s) => s.machine);
  const other = likest(editor.catalog, machine);
  const own = machine.device.bandwidth_bytes_per_s > 0; // it only has none of them
  const take = () => (own ? editor.set('machine.device.count', 1, 'pick') : editor.pickMachine(other));
  return (
    <section class="card none" aria-labelledby="none">
      <h2 id="none">This machine has no memory device</h2>
      <p>
        {machine.name || 'This machine'} keeps its experts in GPU and host memory. A MoNDE device holds them instead, and small arrays
        beside its memory compute the cold ones where they are. To see one at work, choose a machine that has one.
      </p>
      <div class="row start">
        {(own || other) && <button type="button" class="primary" onClick={take}>{own ? 'Give it one device' : `Take ${other?.title ?? ''}`}</button>}
        <button type="button" onClick={() => lens.set({view: 'strategies'}, 'pick')}>Back to the strategies</button>
      </div>
    </section>
  );
}
