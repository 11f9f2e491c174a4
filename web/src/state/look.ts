// What to ask for, to see one expert on its device: pure.

import {same} from '../base/path';
import {milliseconds} from '../base/units';
import type {Milliseconds} from '../base/units';
import type {Catalog, Choice, DeviceSight, Field, Machine, Scenario, Short} from '../wire.gen';
import type {Aim} from './lens';

/** The longest picture that the engine gives, in clocks. */
export const longest = 20_000;

/** The widest window: it begins and ends within clocks, which are fetched whole. */
export const widest = longest - 2;

/** Some clocks of the memory: to is the first that does not belong. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a look is at: all that a picture depends on, but for its window. */
export interface Subject {
  readonly scenario: Short; // the parts of it that matter
  readonly tokens: number;
  readonly pmove: boolean;
}

export const subjectOf = ({model, machine}: Scenario, {tokens, pmove}: Aim): Subject => ({scenario: {model, machine}, tokens, pmove});

/** Whether the machine has no device to look at. */
export const deviceless = (s: Scenario) => s.machine.device.count === 0 || (s.machine.device.stacked ?? false);

/** The preset with a device that is most like a machine without one: with the same GPU, if there is such. */
export function likest(catalog: Pick<Catalog, 'machines'>, machine: Machine): Choice<Machine> | undefined {
  const able = catalog.machines.filter((c) => c.value.device.count > 0 && !c.value.device.stacked);
  return able.find((c) => same(c.value.gpu, machine.gpu)) ?? able.find((c) => c.value.gpu.name === machine.gpu.name) ?? able[0];
}

/** How many clocks of the memory a run takes: its time without the command that starts it. */
export const clocksOf = (s: DeviceSight, command: number) => Math.max(1, Math.ceil((s.time_ps - command) / s.period_ps));

/** The window of an aim, moved and cut to lie within a run. */
export function windowOf(a: Aim, clocks: number): Stretch {
  const length = Math.min(a.clocks, widest, clocks);
  const from = Math.max(0, Math.min(a.from, clocks - length));
  return {from, to: from + length};
}

/** Whether what is known holds all of a window, or all that there is of it. */
export const covers = (known: Stretch, w: Stretch, clocks: number) => known.from <= w.from && Math.min(w.to, clocks) <= known.to;

/** The least that is worth a look: it takes hardly longer than less. */
const ample = 8000;

/** What to ask for, to show a window: more on both sides, so that it can be moved at once. */
export function reachOf(w: Stretch): Stretch {
  const shown = w.to - w.from;
  const clocks = Math.min(longest, Math.max(ample, Math.ceil(shown * 3)));
  const from = Math.max(0, Math.floor(w.from - (clocks - shown) / 2));
  return {from, to: from + clocks};
}

/** About how long a look takes in the browser: a microsecond a burst of one channel. */
export function costOf({model, machine: {device}}: Scenario, tokens: number): Milliseconds {
  const weights = model.d_model * model.expert_ff * (model.gated ? 3 : 2) * (model.expert_bits / 8);
  const passes = Math.ceil(tokens / Math.max(1, device.ndp.rows));
  return milliseconds((passes * weights) / ((device.dram?.channels ?? 32) * 32) / 1000);
}

/** A mistake in what was asked for, by the path of the scenario's field where there is one. */
export function inScenario(f: Field): Field {
  return {...f, path: f.path.replace(/^look\.device\./, 'machine.device.').replace(/^look\.machine\./, 'machine.')};
}
