import type {Metric, Shades} from '../../state/sweepmetrics';

/** What the colours of a map stand for. */
export function Ramp({metric, shades, failed, best = true}: {readonly metric: Metric; readonly shades: Shades; readonly failed: boolean; readonly best?: boolean}) {
  const middle = shades.log ? Math.sqrt(shades.low * shades.high) : (shades.low + shades.high) / 2;
  const text = (v: number) => metric.text(v);
  return (
    <div class="scale sweep-scale" aria-hidden="true">
      <span class="ramp-box"><span class="ramp" /><span class="ramp-ticks"><span>{text(shades.low)}</span>{shades.high > shades.low && <><span>{text(middle)}</span><span>{text(shades.high)}</span></>}</span></span>
      <span>{metric.title}{shades.log ? ', by ratio' : ''}</span>
      {best && <span><span class="hot-key" />best</span>}
      {failed && <span><span class="hatch-key" />not possible</span>}
    </div>
  );
}
