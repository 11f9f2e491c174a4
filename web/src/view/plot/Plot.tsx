// A plot, whose axes are logarithmic unless they say otherwise, drawn as SVG at the width that there is.

import type {ComponentChildren} from 'preact';
import {logAt, logShare} from '../../base/scale';
import type {Range} from '../../base/scale';
import {useWidth} from '../useSize';

export interface Axis {
  readonly range: Range;
  readonly ticks: readonly number[];
  readonly text: (v: number) => string;
  readonly title: string;
  readonly share?: (v: number) => number; // where a value lies, 0 to 1; absent: by its logarithm
}

/** Where things are, in pixels. */
export interface Frame {
  readonly x: (v: number) => number;
  readonly y: (v: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly at: (pixel: number) => number; // the value on x, where that is logarithmic
}

interface PlotProps {
  readonly x: Axis;
  readonly y: Axis;
  readonly height: number;
  readonly label?: string; // of a picture; without one the plot is a group of parts that have their own
  readonly point?: (value: number) => void; // somebody points at a value of x
  readonly children: (f: Frame) => ComponentChildren;
}

const margin = {left: 54, right: 14, top: 24, bottom: 38};

const shareOn = (a: Axis) => a.share ?? ((v: number) => logShare(v, a.range));

function frameOf(x: Axis, y: Axis, width: number, height: number): Frame {
  const [left, right, top, bottom] = [margin.left, Math.max(margin.left + 20, width - margin.right), margin.top, height - margin.bottom];
  return {
    left, right, top, bottom,
    x: (v) => left + shareOn(x)(v) * (right - left),
    y: (v) => bottom - shareOn(y)(v) * (bottom - top),
    at: (pixel) => logAt(Math.min(1, Math.max(0, (pixel - left) / (right - left))), x.range),
  };
}

/** Axes, a grid, and what is drawn in them. */
export function Plot({x, y, height, label, point, children}: PlotProps) {
  const {ref, width} = useWidth<HTMLDivElement>();
  const f = frameOf(x, y, width, height);
  const aim = (e: PointerEvent & {readonly currentTarget: Element}) => point?.(f.at(e.clientX - e.currentTarget.getBoundingClientRect().left));
  return (
    <div ref={ref} class="plot" style={{minHeight: `${height}px`}}>
      {width > 0 && (
        <svg
          width={width} height={height} role={label === undefined ? 'presentation' : 'img'} aria-label={label} class={point ? 'aimed' : undefined}
          onPointerDown={aim} onPointerMove={(e) => e.buttons > 0 && aim(e)}
        >
          <Axes x={x} y={y} f={f} />
          {children(f)}
        </svg>
      )}
    </div>
  );
}

function Axes({x, y, f}: {readonly x: Axis; readonly y: Axis; readonly f: Frame}) {
  return (
    <g aria-hidden="true">
      {x.ticks.map((t) => <line key={t} class="grid" x1={f.x(t)} x2={f.x(t)} y1={f.top} y2={f.bottom} />)}
      {y.ticks.map((t) => <line key={t} class="grid" x1={f.left} x2={f.right} y1={f.y(t)} y2={f.y(t)} />)}
      <path class="axis" d={`M${f.left} ${f.top}V${f.bottom}H${f.right}`} />
      {x.ticks.map((t) => <text key={t} x={f.x(t)} y={f.bottom + 15} text-anchor="middle">{x.text(t)}</text>)}
      {y.ticks.map((t) => <text key={t} x={f.left - 5} y={f.y(t) + 4} text-anchor="end">{y.text(t)}</text>)}
      <text class="axis-title" x={(f.left + f.right) / 2} y={f.bottom + 32} text-anchor="middle">{x.title}</text>
      <text class="axis-title" x={2} y={12}>{y.title}</text>
    </g>
  );
}

/** A path through points. */
export const path = (points: readonly (readonly [x: number, y: number])[]) => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

/** Shapes, so that no colour is needed to tell points apart. */
export type Shape = 'circle' | 'square' | 'triangle' | 'diamond';

/** The outline of a shape around a point. */
export function outline(shape: Shape, x: number, y: number, r: number): string {
  switch (shape) {
    case 'circle':
      return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
    case 'square':
      return `M${x - r * 0.9} ${y - r * 0.9}h${r * 1.8}v${r * 1.8}h${-r * 1.8}Z`;
    case 'triangle':
      return `M${x} ${y - r * 1.15}L${x + r * 1.05} ${y + r * 0.8}H${x - r * 1.05}Z`;
    case 'diamond':
      return `M${x} ${y - r * 1.25}L${x + r * 1.1} ${y}L${x} ${y + r * 1.25}L${x - r * 1.1} ${y}Z`;
  }
}
