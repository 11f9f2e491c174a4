// The signs of commands: each has a shape and a colour of its own, the same in the
// picture and in its legend.

import type {Palette} from './palette';
import type {Kind} from './picture';

type Paint = string | CanvasPattern;

/** What the signs are drawn with. */
export interface Ink {
  readonly back: string;
  readonly text: string;
  readonly track: string;
  readonly open: string; // a row
  readonly arrays: Paint;
  readonly ACT: string;
  readonly PRE: string;
  readonly CAS: string;
  readonly RD: string;
  readonly WR: Paint;
  readonly REF: Paint;
  readonly edge: Readonly<Record<'WR' | 'REF', string>>;
}

export function inkOf(g: CanvasRenderingContext2D, p: Palette): Ink {
  const [wr, ref] = [p.colour('c-wr'), p.colour('c-ref')];
  return {
    back: p.back, text: p.text, track: p.colour('c-track'), open: p.colour('c-open'), arrays: dots(g, p.resource('ndp'), p.back),
    ACT: p.colour('c-act'), PRE: p.colour('c-pre'), CAS: p.soft, RD: p.colour('c-rd'),
    WR: stripes(g, wr, p.back, 1), REF: stripes(g, ref, p.back, -1), edge: {WR: wr, REF: ref},
  };
}

const tile = 6;

function pattern(g: CanvasRenderingContext2D, size: number, draw: (t: CanvasRenderingContext2D) => void, otherwise: string): Paint {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const t = canvas.getContext('2d');
  if (t) draw(t);
  return g.createPattern(canvas, 'repeat') ?? otherwise;
}

/** Stripes that rise (1) or fall (-1). */
function stripes(g: CanvasRenderingContext2D, colour: string, back: string, slope: 1 | -1): Paint {
  return pattern(g, tile, (t) => {
    t.fillStyle = back;
    t.fillRect(0, 0, tile, tile);
    t.strokeStyle = colour;
    t.lineWidth = 2.4;
    t.beginPath();
    for (const at of [-tile, 0, tile]) {
      t.moveTo(at, slope > 0 ? tile : 0);
      t.lineTo(at + tile, slope > 0 ? 0 : tile);
    }
    t.stroke();
  }, colour);
}

function dots(g: CanvasRenderingContext2D, colour: string, back: string): Paint {
  return pattern(g, tile, (t) => {
    t.fillStyle = colour;
    t.fillRect(0, 0, tile, tile);
    t.fillStyle = back;
    t.beginPath();
    t.arc(2.5, 2.5, 1.1, 0, 2 * Math.PI);
    t.fill();
  }, colour);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A burst: solid if read, striped and lower if written; with its number where there is room. */
export function drawBlock(g: CanvasRenderingContext2D, ink: Ink, kind: 'RD' | 'WR', b: Box, burst: number): void {
  const gap = b.width > 5 ? 1 : 0.5;
  const [top, height] = kind === 'WR' ? [b.y + b.height * 0.35, b.height * 0.65] : [b.y, b.height];
  g.fillStyle = ink[kind];
  g.fillRect(b.x, top, b.width - gap, height);
  if (kind === 'WR') frame(g, ink.edge.WR, {...b, y: top, height, width: b.width - gap});
  if (burst < 0 || b.width < 26 || kind === 'WR') return;
  g.fillStyle = ink.back;
  g.font = '11px system-ui, sans-serif';
  g.textAlign = 'center';
  g.fillText(String(burst), b.x + b.width / 2, b.y + b.height / 2 + 0.5);
  g.textAlign = 'left';
}

function frame(g: CanvasRenderingContext2D, colour: string, b: Box): void {
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.strokeRect(b.x + 0.5, b.y + 0.5, Math.max(1, b.width - 1), b.height - 1);
}

/** A command that moves no data, and how it is to be drawn. */
export interface Glyph extends Box {
  readonly kind: Exclude<Kind, 'RD' | 'WR'>;
  readonly half: boolean; // the first of two commands that open a row
  readonly scale: number; // pixels a clock
}

export function drawGlyph(g: CanvasRenderingContext2D, ink: Ink, c: Glyph): void {
  const x = c.x + c.scale / 2;
  if (c.kind === 'REF') return drawRefresh(g, ink, c);
  if (c.kind === 'CAS') return void (c.scale > 0.7 && diamond(g, ink, x, c.y + c.height / 2));
  if (c.half && c.scale < 1.5) return;
  const up = c.kind === 'ACT';
  triangle(g, x, up ? c.y + 1.5 : c.y + c.height - 1.5, up ? 11 : -11);
  g.fillStyle = c.half ? ink.back : ink[c.kind];
  g.strokeStyle = c.half ? ink[c.kind] : ink.back;
  g.lineWidth = c.half ? 1.5 : 1;
  g.fill();
  g.stroke();
}

/** A triangle whose tip is at (x, y), and whose foot is tall lower. */
function triangle(g: CanvasRenderingContext2D, x: number, y: number, tall: number): void {
  g.beginPath();
  g.moveTo(x, y);
  g.lineTo(x + 5, y + tall);
  g.lineTo(x - 5, y + tall);
  g.closePath();
}

function diamond(g: CanvasRenderingContext2D, ink: Ink, x: number, y: number): void {
  g.beginPath();
  g.moveTo(x, y - 4);
  g.lineTo(x + 4, y);
  g.lineTo(x, y + 4);
  g.lineTo(x - 4, y);
  g.closePath();
  g.fillStyle = ink.back;
  g.strokeStyle = ink.CAS;
  g.lineWidth = 1.5;
  g.fill();
  g.stroke();
}

function drawRefresh(g: CanvasRenderingContext2D, ink: Ink, c: Glyph): void {
  const box = {x: c.x, y: c.y + 2, width: Math.max(3, c.width), height: c.height - 4};
  g.fillStyle = ink.REF;
  g.fillRect(box.x, box.y, box.width, box.height);
  frame(g, ink.edge.REF, box);
}
