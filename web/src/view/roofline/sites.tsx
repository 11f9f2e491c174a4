import {time} from '../../base/format';
import type {Picoseconds} from '../../base/units';
import type {Site} from '../../state/place';
import type {Group} from '../../state/roofline';
import {outline} from '../plot/Plot';
import type {Shape} from '../plot/Plot';

/** How a place to compute is named and drawn: a colour, a dash and a shape each. */
interface Look {
  readonly name: string;
  readonly short: string;
  readonly shape: Shape;
  readonly dash: string;
  readonly colour: string; // of the resource that it keeps busy
}

export const looks: Readonly<Record<Site, Look>> = {
  device: {name: 'In place, on the device', short: 'device', shape: 'circle', dash: '', colour: 'ndp'},
  host: {name: 'In place, on the host’s CPU', short: 'CPU', shape: 'square', dash: '2 4', colour: 'cpu'},
  moved: {name: 'Moved to the GPU (PMove)', short: 'GPU over the link', shape: 'triangle', dash: '9 4', colour: 'link_in'},
  gpu: {name: 'On the GPU, weights there already', short: 'GPU', shape: 'diamond', dash: '14 3 2 3', colour: 'gpu'},
};

/** The name of a place within a sentence. */
export const nameOf = (s: Site) => looks[s].name.replace(/^(In|Moved|On)/, (w) => w.toLowerCase());

/** A time, if there is one: what takes longer than a run may has none. */
export const timeText = (t: Picoseconds | undefined) => (t === undefined ? '–' : time(t));

/** How large the point of some experts that are alike is. */
export const sizeOf = (g: Group) => Math.min(9, 3.5 + Math.log2(Math.max(1, g.experts)));

/** What lines and points stand for. */
export function SiteLegend({sites}: {readonly sites: readonly Site[]}) {
  return (
    <ul class="legend">
      {sites.map((s) => (
        <li key={s}>
          <svg class={`site site-${s}`} width="34" height="14" aria-hidden="true">
            <line x1="0" x2="34" y1="7" y2="7" stroke-dasharray={looks[s].dash} />
            <path d={outline(looks[s].shape, 17, 7, 4.5)} />
          </svg>
          {looks[s].name}
        </li>
      ))}
    </ul>
  );
}
