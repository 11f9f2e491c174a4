import {useId} from 'preact/hooks';
import {clamped, logAt, logShare} from '../../base/scale';
import {plural} from '../../base/format';
import {sitesOf, timeAt, tokensRange} from '../../state/place';
import type {Site} from '../../state/place';
import type {Scene} from './Roofline';
import {nameOf, timeText} from './sites';

const ticks = 400;

/** A number of tokens to read both pictures at. Its slider is their keyboard. */
export function Probe({scene}: {readonly scene: Scene}) {
  const {scenario, load, tokens, aim, cross} = scene;
  const id = useId();
  const range = tokensRange(load.groups, cross);
  const at = (tick: number) => Math.round(logAt(tick / ticks, range));
  const tick = Math.round(clamped(logShare(tokens, range), {from: 0, to: 1}) * ticks);
  return (
    <section class="card probe" aria-label="One expert">
      <label for={id}>Tokens of one expert</label>
      <output for={id}>{plural(tokens, 'token')}{tokens === cross && ' – the crossover'}</output>
      <input
        id={id} type="range" min={0} max={ticks} value={tick} aria-valuetext={plural(tokens, 'token')}
        onInput={(e) => aim(at(e.currentTarget.valueAsNumber))}
        onKeyDown={(e) => {
          const step = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1}[e.key];
          if (step === undefined) return;
          e.preventDefault(); // single tokens matter where they fill a pass
          aim(clamped(tokens < 64 ? tokens + step : at(tick + step), range));
        }}
      />
      <ul class="probe-times" aria-live="polite">
        {sitesOf(scenario).map((s) => <Reading key={s} scene={scene} site={s} />)}
      </ul>
    </section>
  );
}

function Reading({scene: {figures, read}, site}: {readonly scene: Scene; readonly site: Site}) {
  const passes = figures.at.get(read)?.passes ?? 0;
  return <li class={`site-${site}`}><strong>{timeText(timeAt(figures, site, read))}</strong> {nameOf(site)}{site === 'device' && `, ${plural(passes, 'pass', 'passes')} over the weights`}</li>;
}
