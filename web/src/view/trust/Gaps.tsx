import {gaps} from './words';

/** What is known to be otherwise than in hardware. */
export function Gaps() {
  return (
    <section class="card sets" aria-labelledby="gaps">
      <h2 id="gaps">Known gaps</h2>
      <p class="note">The ones that move results most. <code>docs/deviations.md</code> lists every known difference from hardware and from the paper.</p>
      <dl class="gaps">
        {gaps.map((g) => (
          <div key={g.what}>
            <dt>{g.what} <span class={g.status === 'no source known' ? 'badge bad' : 'badge'}>{g.status}</span></dt>
            <dd>{g.text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
