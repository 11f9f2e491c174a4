import type {ComponentChildren} from 'preact';
import {count, plural, rate, size, time} from '../../base/format';
import {bytesPerSecond, picoseconds} from '../../base/units';
import {costAt, farthest, moveRate} from '../../state/place';
import type {Cost} from '../../wire.gen';
import type {Scene} from './Roofline';
import {timeText} from './sites';

/** Where the crossover comes from, with this machine's numbers as the engine gives them. */
export function Formula({scene}: {readonly scene: Scene}) {
  const {figures, read} = scene;
  const [moved, home] = [costAt(figures, 'moved', read), costAt(figures, figures.home, read)];
  const flash = home?.read_ps ?? picoseconds(0);
  const first = flash > 0 ? 'flash + ' : '';
  const calls = (moved?.calls_ps ?? 0) > 0 || (home?.calls_ps ?? 0) > 0;
  return (
    <section class="card formula" aria-labelledby="formula">
      <h2 id="formula">Where the crossover comes from</h2>
      <p>Weights move when that is faster, for an expert with <var>t</var> tokens:</p>
      <p class="equation">
        <span>{first}{calls && 'calls + '}PMove + GPU(<var>t</var>)</span> <b aria-label="is less than">&lt;</b>{' '}
        {figures.home === 'device' ? <span>{calls && 'calls + '}command + ⌈<var>t</var> / rows⌉ · pass + AMove(<var>t</var>)</span> : <span>{first}{calls && 'calls + '}CPU(<var>t</var>) + AMove(<var>t</var>)</span>}
      </p>
      <dl class="terms">
        {flash > 0 && <Term name="flash">reading {size(figures.expert_bytes)} into host memory first: {time(flash)}</Term>}
        {calls && <Calls scene={scene} moved={moved} home={home} />}
        <Term name="PMove">link latency + weights / link rate: {time(figures.latency_ps)} + {size(figures.expert_bytes)} / {rate(moveRate(figures))} = {time(figures.pmove_ps)}</Term>
        <Term name={<>GPU(<var>t</var>)</>}>one kernel after the other, each the longer of its bytes and of its tiles in whole waves over the SMs, and a fixed cost: {timeText(moved?.compute_ps)} for {plural(read, 'token')}</Term>
        <Near scene={scene} home={home} />
        <Term name={<>AMove(<var>t</var>)</>}>activations there and back, {size(figures.token_bytes)} a token and way: {timeText(home && picoseconds(home.there_ps + home.back_ps))} for {plural(read, 'token')}</Term>
        <Term name="Together"><strong>{timeText(moved?.time_ps)}</strong> moved, <strong>{timeText(home?.time_ps)}</strong> in place, for {plural(read, 'token')}</Term>
        <Term name={<><var>t</var> at the crossover</>}>{figures.crossover === null ? `none up to ${plural(farthest, 'token')}: computing in place is faster` : <strong>{plural(figures.crossover, 'token')}</strong>}</Term>
      </dl>
      <ul class="warnings">
        <li>In a layer both paths work at once: {figures.home === 'device' ? 'MD+LB moves busy experts below the crossover too, as long as the device is the longer path' : 'CPU+LB moves busy experts below the crossover too, as long as the CPU is the longer path'}, and leaves some above it in place once the link is.</li>
        <li>However fast {figures.home === 'device' ? 'the device' : 'the CPU'}: from about {count(even(scene))} tokens on, an expert’s activations outweigh its weights on the link.</li>
        <li>The engine’s own figures for a layer of one expert, as fidelity “event” has it. Queues, and transfers beside compute, are in the layers above.</li>
      </ul>
    </section>
  );
}

interface TermsProps {
  readonly scene: Scene;
  readonly moved?: Cost | undefined;
  readonly home: Cost | undefined;
}

/** What the host does for an expert, where kernels are launched eagerly. */
function Calls({scene: {figures, read}, moved, home}: TermsProps) {
  const hidden = moved && moved.there_ps < figures.pmove_ps;
  return (
    <Term name="calls">
      the host’s launches and waits that nothing hides: {timeText(moved?.calls_ps)} moved, {timeText(home?.calls_ps)} in place{hidden && `; with ${plural(read, 'token')} the launches take longer than PMove, which they hide`}
    </Term>
  );
}

/** Computing in place: passes of the device, or the host's operators. */
function Near({scene: {scenario: {machine: {device}}, figures, read}, home}: TermsProps) {
  if (figures.home === 'host') {
    return <Term name={<>CPU(<var>t</var>)</>}>dispatching its operators, its weights as often as the matrix library goes over them, its operations and its activations: {timeText(home?.compute_ps)} for {plural(read, 'token')}</Term>;
  }
  const streamed = bytesPerSecond(device.bandwidth_bytes_per_s * device.efficiency);
  return (
    <>
      <Term name="command">{time(device.command_ps)}, from the host’s instruction to its start</Term>
      <Term name="pass">the longer of {size(figures.expert_bytes)} / {rate(streamed)} and the arrays’ cycles = {time(figures.pass_ps)}, for {plural(device.ndp.rows, 'token')} at a time</Term>
      <Term name={<>⌈<var>t</var> / rows⌉</>}>{plural(figures.at.get(read)?.passes ?? 0, 'pass', 'passes')} for {plural(read, 'token')}: {timeText(home?.compute_ps)} with the command</Term>
    </>
  );
}

/** Tokens whose activations, there and back, take as much as the expert's weights. */
const even = ({figures}: Scene) => Math.round(figures.expert_bytes / (2 * figures.token_bytes));

function Term({name, children}: {readonly name: ComponentChildren; readonly children: ComponentChildren}) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
