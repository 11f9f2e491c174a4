import {plural} from '../../base/format';
import {Fold} from '../Figure';
import {blanks, gaps} from './words';

/** What no measurement covers, and what is known to be otherwise than in hardware. */
export function Gaps() {
  return (
    <section class="card sets" aria-labelledby="gaps">
      <h2 id="gaps">Not validated at all</h2>
      <p class="note">No row above says anything about these.</p>
      <dl class="gaps">
        {blanks.map((b) => <div key={b.what}><dt>{b.what}</dt><dd>{b.text}</dd></div>)}
      </dl>
      <Fold summary={<><h3>Known differences from hardware and from the paper</h3> <span class="small">the {plural(gaps.length, 'one')} that move results most</span></>}>
        {() => (
          <>
            <p class="note"><code>docs/deviations.md</code> lists all of them.</p>
            <dl class="gaps">
              {gaps.map((g) => (
                <div key={g.what}>
                  <dt>{g.what} <span class={g.status === 'no source known' ? 'badge bad' : 'badge'}>{g.status}</span></dt>
                  <dd>{g.text}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Fold>
    </section>
  );
}
