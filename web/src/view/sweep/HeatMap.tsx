import {useEffect, useId, useMemo, useRef, useState} from 'preact/hooks';
import {shortText, titleOf, valueText} from '../../state/sweepfields';
import type {Value} from '../../state/sweepfields';
import type {Cell} from '../../state/sweepgrid';
import {bestOf, figureOf, shareOf} from '../../state/sweepmetrics';
import {useStore} from '../../state/store';
import {theme} from '../../state/theme';
import {paletteOf, prepare} from '../draw/palette';
import {drawMap, layoutOf, placeAt, stepped} from '../draw/sweepheat';
import type {Layout, Place, Spot} from '../draw/sweepheat';
import {useColours, useWidth} from '../useSize';
import {openPoint} from './open';
import {hint, pointText} from './read';
import type {ShadedProps} from './Picture';
import {Ramp} from './Ramp';

interface MapProps extends ShadedProps {
  readonly y: number;
}

/** Numbers grow upwards, names go down. */
const upwards = (values: readonly Value[]) => values.every((v) => typeof v === 'number');

/** A grid's points over two axes; cells fill in as they come. */
export function HeatMap(props: MapProps) {
  const {state, fields, grid, metric, cells, shades, x, y} = props;
  const store = useStore();
  const id = useId();
  const {ref, width} = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [focus, setFocus] = useState<Place | null>(null);
  const colours = useColours();
  const [across, up] = [grid.dims[x]!.values, grid.dims[y]!.values];
  const rowOf = (i: number) => (upwards(up) ? up.length - 1 - i : i); // its own inverse
  const labels = {columns: across.map((v) => shortText(fields[x]!, v)), rows: up.map((_, i) => shortText(fields[y]!, up[rowOf(i)]!))};
  const layout = useMemo(() => layoutOf(across.length, labels.rows, width), [across.length, labels.rows.join(), width]);
  const found = useMemo(() => new Map(cells.map((c) => [`${c.x} ${rowOf(c.y)}`, c])), [cells]);
  const spots = useMemo(() => spotsOf(props, rowOf), [cells, shades]);
  useEffect(() => {
    const g = canvas.current && width > 0 && prepare(canvas.current, layout.width, layout.height);
    if (g && ref.current) drawMap(g, layout, spots, labels, focus, paletteOf(ref.current));
  }, [layout, spots, focus, colours, theme.value]);
  const at = (p: Place | null) => (p ? found.get(`${p.column} ${p.row}`) : undefined);
  const open = (p: Place | null) => {
    const row = at(p)?.row;
    if (row?.result) void openPoint(store, state, row);
  };
  const key = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const next = e.key === 'Enter' ? focus : stepped(layout, focus, e.key);
    if (!next) return;
    e.preventDefault();
    if (e.key === 'Enter') return open(focus);
    setFocus(next);
    if (ref.current) keepInView(ref.current, layout, next);
  };
  const place = (e: MouseEvent) => placeAt(layout, e.offsetX, e.offsetY);
  return (
    <div class="sweep-map">
      <p class="axis-title" aria-hidden="true">{titleOf(fields[y]!)} ↑</p>
      <div
        ref={ref} class="canvas-box heat" role="application" tabIndex={0} aria-describedby={id} onKeyDown={key}
        aria-label={`Map of ${metric.title}: ${across.length} values of ${fields[x]!.title} across, ${up.length} of ${fields[y]!.title} up; from ${metric.text(shades.low)} to ${metric.text(shades.high)}`}
      >
        <canvas
          ref={canvas} aria-hidden="true" style={{width: `${layout.width}px`, height: `${layout.height}px`}}
          onPointerMove={(e) => setFocus(place(e))} onPointerLeave={() => setFocus(null)} onClick={(e) => open(place(e))}
        />
      </div>
      <p class="axis-title across" aria-hidden="true">{titleOf(fields[x]!)} →</p>
      <Ramp metric={metric} shades={shades} failed={spots.some((s) => s.failed)} />
      <p class="readout" id={id} aria-live="polite">{focus ? read(props, at(focus), focus, rowOf) : hint}</p>
    </div>
  );
}

function spotsOf({cells, metric, shades}: MapProps, rowOf: (i: number) => number): Spot[] {
  const best = bestOf(metric, cells.map((c) => c.row), 1)[0];
  return cells.map((c) => {
    const v = figureOf(metric, c.row);
    return {column: c.x, row: rowOf(c.y), share: shareOf(shades, v), text: Number.isNaN(v) ? '' : metric.text(v), failed: !c.row.result, best: c.row === best};
  });
}

function read({fields, grid, metric, x, y}: MapProps, cell: Cell | undefined, at: Place, rowOf: (i: number) => number): string {
  if (cell) return pointText(fields, metric, cell.row);
  const [own, other] = [grid.dims[x]!.values[at.column]!, grid.dims[y]!.values[rowOf(at.row)]!];
  return `${fields[x]!.title} ${valueText(fields[x]!, own)}, ${fields[y]!.title} ${valueText(fields[y]!, other)}: has not come yet.`;
}

function keepInView(box: HTMLElement, {left, cell}: Layout, {column}: Place): void {
  const x = left + column * cell.width;
  if (x < box.scrollLeft) box.scrollLeft = x - left;
  else if (x + cell.width > box.scrollLeft + box.clientWidth) box.scrollLeft = x + cell.width - box.clientWidth;
}
