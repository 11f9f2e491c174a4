import type {ComponentChildren} from 'preact';
import {count, plural, rate, size, time} from '../../base/format';
import {bytes, bytesPerSecond, picoseconds} from '../../base/units';
import {amoveTime, expertBytes, homeOf, moveRate, passesOf, pmoveTime, timeAt} from '../../state/place';
import type {Scene} from './Roofline';

/** Where the crossover comes from, with this machine's numbers. */
export function Formula({scene: {scenario: s, tokens, cross}}: {readonly scene: Scene}) {
  const {model, machine} = s;
  const home = homeOf(s);
  const near = home === 'device';
  const pass = picoseconds((timeAt(s, home, tokens) - amoveTime(s, tokens) - (near ? machine.device.command_ps : 0)) / (near ? passesOf(machine, tokens) : 1));
  const gpu = timeAt(s, 'gpu', tokens);
  const nearRate = bytesPerSecond(machine.device.bandwidth_bytes_per_s * machine.device.efficiency);
  return (
    <section class="card formula" aria-labelledby="formula">
      <h2 id="formula">Where the crossover comes from</h2>
      <p>Weights move when that is faster, for an expert with <var>t</var> tokens:</p>
      <p class="equation">
        <span>link latency + weights / link rate + GPU(<var>t</var>)</span> <b aria-label="is less than">&lt;</b>{' '}
        {near ? <span>command + ⌈<var>t</var> / rows⌉ · pass + AMove(<var>t</var>)</span> : <span>CPU(<var>t</var>) + AMove(<var>t</var>)</span>}
      </p>
      <dl class="terms">
        <Term name="weights / link rate">{size(bytes(expertBytes(model)))} / {rate(moveRate(s))} = {time(picoseconds(pmoveTime(s) - machine.link.latency_ps))}</Term>
        <Term name={<>GPU(<var>t</var>)</>}>the longer of bytes and operations, and the cost of its kernels: {time(gpu)} for {plural(tokens, 'token')}</Term>
        {near && <Term name="pass">the longer of {size(bytes(expertBytes(model)))} / {rate(nearRate)} and the arrays’ cycles = {time(pass)}, for {plural(machine.device.ndp.rows, 'token')} at a time</Term>}
        {near && <Term name={<>⌈<var>t</var> / rows⌉</>}>{plural(passesOf(machine, tokens), 'pass', 'passes')} for {plural(tokens, 'token')}</Term>}
        {!near && <Term name={<>CPU(<var>t</var>)</>}>{time(pass)} for {plural(tokens, 'token')}</Term>}
        <Term name={<>AMove(<var>t</var>)</>}>activations there and back: {time(amoveTime(s, tokens))} for {plural(tokens, 'token')}</Term>
        <Term name={<><var>t</var> at the crossover</>}>{cross === null ? 'none: computing in place is always faster' : <strong>{plural(cross, 'token')}</strong>}</Term>
      </dl>
      <ul class="warnings">
        <li>In a layer both paths work at once: MD+LB moves busy experts below the crossover too, as long as the device is the longer path, and leaves some above it in place once the link is.</li>
        <li>However fast the device: from about {count(machineless(s))} tokens on, an expert’s activations outweigh its weights on the link.</li>
        <li>Closed forms, as fidelity “analytic” and “event” use them. Queues, and transfers beside compute, are in the layers above.</li>
      </ul>
    </section>
  );
}

/** Tokens whose activations, there and back, take as much as the expert's weights. */
const machineless = ({model}: Scene['scenario']) => Math.round(expertBytes(model) / (4 * model.d_model));

function Term({name, children}: {readonly name: ComponentChildren; readonly children: ComponentChildren}) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
