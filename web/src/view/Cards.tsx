import type {ComponentChildren} from 'preact';
import {count, energy, percent, plural, ratio, short, size, time, waitsFor} from '../base/format';
import {picojoules, sum} from '../base/units';
import type {Result} from '../engine/engine';
import {baselineOf, isBaseline, limit, speedup} from '../state/headline';
import {useStore} from '../state/store';

/** The numbers that matter first. */
export function Cards({report: r}: {readonly report: Result}) {
  const {runner, server} = useStore();
  const {outcomes} = runner.comparison.value;
  // The comparison's own report: it and the baseline are of one scenario, always.
  const own = server.run.value?.watching ? null : outcomes.get(runner.selected.value)?.report;
  const base = baselineOf(outcomes);
  const variants = [...outcomes.values()].filter((o) => o.report && isBaseline(o));
  const plain = variants.some((o) => o.report === own);
  const most = limit(r);
  return (
    <dl class="cards">
      <Card title="Latency" note={`${percent(most.share)} waits for ${waitsFor(most.name)}`}>{time(r.latency_ps)}</Card>
      <Card title="Throughput" note={`${plural(r.tokens, 'token')} in all`}>{short(r.tokens_per_second)}<small> tokens/s</small></Card>
      {own && base && <Card title="Against GPU+PM" note={comparison(own, base, plain, variants.length > 1)}>{ratio(speedup(own, base))}</Card>}
      {r.ttft_ps > 0 && <Card title="Time to first token" note="the input pass">{time(r.ttft_ps)}</Card>}
      {r.tpot && <Card title="Time per output token" note={`99 % within ${time(r.tpot.p99_ps)}, ${plural(r.tpot.count, 'step')}`}>{time(r.tpot.mean_ps)}</Card>}
      <Card title="Distance from bound" note={`no run is faster than ${time(r.bound_ps)}`}>{r.bound_ps > 0 ? ratio(r.latency_ps / r.bound_ps) : '–'}</Card>
      <MemoryCard report={r} />
      <TrustCard report={r} />
      {r.placement && <Card title="Busiest GPU" note={`of a layer’s tokens; ${percent(r.placement.worst_share)} at most, ${percent(1 / r.placement.devices)} where all have as many`}>{percent(r.placement.busiest_share)}</Card>}
      {r.strategy.startsWith('MD+LB') && <Card title="Hot experts" note={hotNote(r)}>{count(r.hot_experts)}</Card>}
      {r.energy.length > 0 && <Card title="Energy" note={r.energy.some((e) => e.name === 'device') ? 'of what is busy; a memory device is powered throughout' : 'of what is busy'}>{energy(picojoules(sum(r.energy.map((e) => e.energy_pj))))}</Card>}
    </dl>
  );
}

function Card({title, note, children}: {readonly title: string; readonly note: string; readonly children: ComponentChildren}) {
  return <div class="card-small"><dt>{title}</dt><dd class="big">{children}</dd><dd class="small">{note}</dd></div>;
}

function comparison(r: Result, base: Result, plain: boolean, both: boolean): string {
  const best = both ? 'the better of its two variants' : 'it';
  const gain = speedup(r, base);
  if (gain === 1) return plain ? 'it is the baseline' : `as fast as ${best}`;
  if (plain) return 'the slower of its two variants';
  return `${gain > 1 ? 'faster' : 'slower'} than ${best}${r.tokens === base.tokens ? '' : ', by the token'}`;
}

/** α of the input pass and of the decoding steps, where there are such. */
const alphas = (r: Result) => [r.alpha, r.step_alpha].filter((a) => a > 0).map((a) => Number(a.toPrecision(3)));

const hotNote = (r: Result) => `${alphas(r).length > 0 ? `α = ${alphas(r).join(' and ')}; ` : ''}moved to the GPU, over all layers and passes`;

function MemoryCard({report}: {readonly report: Result}) {
  const full = report.memory.filter((p) => !p.fits);
  if (full.length === 0) return <Card title="Memory" note="every pool holds what it must">Fits</Card>;
  const [first] = full;
  return <Card title="Memory" note={`${full.map((p) => poolName(p.name)).join(', ')}: ${first ? `${size(first.used_bytes)} of ${size(first.capacity_bytes)}` : ''}`}>Does not fit</Card>;
}

/** Whether the run is like what was measured. */
function TrustCard({report: {trust}}: {readonly report: Result}) {
  const outside = trust.filter((e) => e.outside.length > 0);
  if (outside.length === 0) return <Card title="Trust" note="every part is like something that was measured">Within</Card>;
  return <Card title="Trust" note={`${outside.map((e) => e.name).join(', ')}: unlike what was measured`}>Extrapolated</Card>;
}

const pools: Readonly<Record<string, string>> = {gpu: 'GPU', host: 'Host', device: 'Device', flash: 'Flash'};

/** The name of a memory for people. */
export const poolName = (name: string) => pools[name] ?? name;
