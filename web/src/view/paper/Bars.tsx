// Bars on a logarithmic axis that begins at 1 ×, each a link to its scenario.

import {batch} from '@preact/signals';
import {useEffect, useId, useRef} from 'preact/hooks';
import {ratio} from '../../base/format';
import {clamped, labelled, logShare, ticksOf} from '../../base/scale';
import type {Range} from '../../base/scale';
import type {Bench} from '../../state/bench';
import {keyOf, runOf, speedOf} from '../../state/paper';
import type {Config, Panel, Plan, Point, Speed} from '../../state/paper';
import {useStore} from '../../state/store';
import {useWidth} from '../useSize';

const classes: Readonly<Record<Config, string>> = {'CPU+AM': 'cpu', 'MD+AM': 'am', 'MD+LB': 'lb', Ideal: 'ideal'};

interface BarsProps {
  readonly bench: Bench;
  readonly plan: Plan;
  readonly range: Range;
}

/** All panels of a figure. */
export function PanelBars({bench, plan, range}: BarsProps) {
  const id = useId();
  return (
    <>
      <Patterns id={id} />
      <div class="panels">
        {plan.panels.map((p) => <PanelBox key={p.subject.name} bench={bench} plan={plan} panel={p} range={range} id={id} />)}
      </div>
    </>
  );
}

/** A pattern each, so that no colour is needed. */
function Patterns({id}: {readonly id: string}) {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <pattern id={`${id}-cpu`} width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-cpu" width="6" height="6" /><rect class="f-card" y="4" width="6" height="2" /></pattern>
      <pattern id={`${id}-am`} width="7" height="7" patternUnits="userSpaceOnUse"><rect class="f-am" width="7" height="7" /><circle class="f-card" cx="3.5" cy="3.5" r="1.3" /></pattern>
      <pattern id={`${id}-lb`} width="8" height="8" patternUnits="userSpaceOnUse"><rect class="f-lb" width="8" height="8" /></pattern>
      <pattern id={`${id}-ideal`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="f-ideal" width="7" height="7" /><rect class="f-card" width="4" height="7" /></pattern>
    </svg>
  );
}

function PanelBox({bench, plan, panel, range, id}: BarsProps & {readonly panel: Panel; readonly id: string}) {
  const title = useId();
  return (
    <section class="panel" aria-labelledby={title}>
      <h3 id={title}>{panel.subject.name}</h3>
      <Ticks range={range} />
      {panel.points.map((point) => (
        <div key={point.label} class="cluster">
          <h4>{point.label}</h4>
          <ul>{plan.configs.map((c) => <li key={c}><Bar bench={bench} point={point} config={c} range={range} subject={panel.subject.name} fill={`url(#${id}-${classes[c]})`} /></li>)}</ul>
        </div>
      ))}
    </section>
  );
}

const at = (v: number, range: Range) => `${(logShare(clamped(v, range), range) * 100).toFixed(2)}%`;

/** What the label of a tick takes, in pixels. */
const tickWidth = 36;

/** The axis, in words of its own. */
function Ticks({range}: {readonly range: Range}) {
  const {ref, width} = useWidth<HTMLSpanElement>();
  return (
    <div class="speed ticks" aria-hidden="true">
      <span />
      <span ref={ref} class="ruler" />
      <svg class="speed-track" height="16">
        {labelled(ticksOf(range, 10), range, tickWidth / Math.max(width, tickWidth)).map((t) => <text key={t} x={at(t, range)} y="12" text-anchor={t === range.from ? 'start' : t === range.to ? 'end' : 'middle'}>{t}×</text>)}
      </svg>
      <span />
    </div>
  );
}

interface BarProps {
  readonly bench: Bench;
  readonly point: Point;
  readonly config: Config;
  readonly subject: string;
  readonly range: Range;
  readonly fill: string;
}

function Bar({bench, point, config, subject, range, fill}: BarProps) {
  const {editor, lens} = useStore();
  const speed = speedOf(bench.cells.value, point, config);
  const scenario = runOf(point, config);
  const href = bench.links.value.get(keyOf(scenario));
  const open = (e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    batch(() => {
      editor.replace(scenario, 'pick');
      lens.set({view: 'strategies'}, 'pick');
    });
  };
  const inside = (
    <>
      <span class="speed-name">{config}<span class="sr">, {subject}, {point.label}: </span></span>
      <svg class="speed-track" height="20" aria-hidden="true">
        {ticksOf(range, 10).map((t) => <line key={t} class={t === 1 ? 'one' : 'grid'} x1={at(t, range)} x2={at(t, range)} y1="0" y2="20" />)}
        {speed && <Mark speed={speed} range={range} fill={fill} />}
      </svg>
      <span class="speed-value">{speed ? <b>{ratio(speed.value)}</b> : <b>…</b>}<span class="sr">{spoken(speed)}</span></span>
    </>
  );
  if (!href) return <span class={`speed s-${classes[config]}`}>{inside}</span>;
  return <a class={`speed s-${classes[config]}`} href={href} title={bandText(speed)} onClick={open}>{inside}</a>;
}

/** A bar from 1 × to the value, and below it the band of plausible skews as a line with ends. */
function Mark({speed, range, fill}: {readonly speed: Speed; readonly range: Range; readonly fill: string}) {
  const [from, to] = [Math.min(1, speed.value), Math.max(1, speed.value)];
  const width = (logShare(clamped(to, range), range) - logShare(clamped(from, range), range)) * 100;
  return (
    <>
      <rect class="fill" x={at(from, range)} y="1.5" width={`${Math.max(0.4, width).toFixed(2)}%`} height="10.5" fill={fill} />
      {speed.skews > 0 && <Band speed={speed} range={range} />}
    </>
  );
}

function Band({speed: {low, high}, range}: {readonly speed: Speed; readonly range: Range}) {
  return (
    <g class="band">
      <line x1={at(low, range)} x2={at(high, range)} y1="16.5" y2="16.5" />
      <line x1={at(low, range)} x2={at(low, range)} y1="13.5" y2="19.5" />
      <line x1={at(high, range)} x2={at(high, range)} y1="13.5" y2="19.5" />
    </g>
  );
}

/** The band in words. */
export const bandText = (s: Speed | null) => (!s || s.skews === 0 ? '' : `${ratio(s.low)} to ${ratio(s.high)} over plausible skews`);

/** What a bar shows and its number does not say. */
function spoken(speed: Speed | null): string {
  if (!speed) return ' not simulated yet';
  const band = bandText(speed);
  return ` the speed of GPU+PM${band && `, ${band}`}`;
}

/** Tells the bench whether an element is in sight, or nearly. */
export function useSight(bench: Bench, id: string) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new IntersectionObserver((entries) => entries.forEach((e) => bench.see(id, e.isIntersecting)), {rootMargin: '100px'});
    observer.observe(ref.current);
    return () => {
      observer.disconnect();
      bench.see(id, false);
    };
  }, [bench, id]);
  return ref;
}
