import type {SweepRow} from '../../wire.gen';
import type {Frame} from '../plot/Plot';

/** Where a row is drawn, in pixels. */
export type Place = (r: SweepRow) => readonly [x: number, y: number];

interface CatchProps {
  readonly f: Frame;
  readonly rows: readonly SweepRow[];
  readonly at: Place;
  readonly aim: (row: SweepRow | null) => void;
  readonly open: (row: SweepRow | null) => void;
}

/** Finds the point under the pointer. */
export function Catch({f, rows, at, aim, open}: CatchProps) {
  const near = (e: MouseEvent & {readonly currentTarget: SVGElement}) => {
    const box = e.currentTarget.ownerSVGElement?.getBoundingClientRect();
    let [best, reach]: [SweepRow | null, number] = [null, 20];
    for (const r of box ? rows : []) {
      const [x, y] = at(r);
      const d = Math.hypot(x - (e.clientX - box!.left), y - (e.clientY - box!.top));
      if (d < reach) [best, reach] = [r, d];
    }
    return best;
  };
  return <rect class="reach" x={f.left} y={f.top} width={f.right - f.left} height={f.bottom - f.top} onPointerMove={(e) => aim(near(e))} onClick={(e) => open(near(e))} />;
}
