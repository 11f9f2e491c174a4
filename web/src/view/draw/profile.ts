// The use of the data bus over a whole run. The layout is pure.

import type {Palette} from './palette';
import type {Span} from './window';

export const profileHeight = 92;
const top = 18; // for the name of the peak line
const foot = 18; // for the axis

/**
 * How many clocks one part of a profile stands for. The engine cuts a run into equal
 * parts of a whole number of grains; the last may be shorter.
 */
export function partClocks(parts: number, clocks: number): number {
  if (parts < 2) return Math.max(1, clocks);
  return grain * Math.max(1, Math.floor(Math.ceil(clocks / grain) / (parts - 1)));
}

const grain = 64; // clocks; core/device

export interface ProfileScene {
  readonly profile: readonly number[];
  readonly clocks: number; // of the run
  readonly window: Span<number>;
  readonly width: number;
  readonly gutter: number;
  readonly peak: string; // how much full use is
}

/** The clock at a place, within the run. */
export function clockAt(s: Pick<ProfileScene, 'clocks' | 'width' | 'gutter'>, x: number): number {
  const share = (x - s.gutter) / Math.max(1, s.width - s.gutter);
  return Math.min(1, Math.max(0, share)) * s.clocks;
}

const xOf = (s: ProfileScene, clock: number) => s.gutter + (clock / s.clocks) * (s.width - s.gutter);

export function drawProfile(g: CanvasRenderingContext2D, s: ProfileScene, p: Palette): void {
  g.font = '12px system-ui, sans-serif';
  g.textBaseline = 'middle';
  const full = profileHeight - top - foot;
  const part = partClocks(s.profile.length, s.clocks);
  g.fillStyle = p.colour('c-rd');
  s.profile.forEach((use, i) => {
    const [a, b] = [xOf(s, i * part), xOf(s, Math.min(s.clocks, (i + 1) * part))];
    g.fillRect(a, top + full * (1 - use), Math.max(0.5, b - a + 0.3), full * use);
  });
  drawLines(g, s, p, full);
  drawWindow(g, s, p, full);
}

function drawLines(g: CanvasRenderingContext2D, s: ProfileScene, p: Palette, full: number): void {
  g.strokeStyle = p.text;
  g.setLineDash([6, 4]);
  line(g, s.gutter, top + 0.5, s.width);
  g.setLineDash([]);
  g.strokeStyle = p.line;
  line(g, s.gutter, top + full + 0.5, s.width);
  g.fillStyle = p.text;
  g.fillText('100\u00a0%', 2, top);
  g.fillText(`peak ${s.peak}`, s.gutter, top / 2);
  g.fillStyle = p.soft;
  g.fillText('0', 2, top + full);
}

function line(g: CanvasRenderingContext2D, from: number, y: number, to: number): void {
  g.beginPath();
  g.moveTo(from, y);
  g.lineTo(to, y);
  g.stroke();
}

/** The window, with a handle below that can be seen however narrow it is. */
function drawWindow(g: CanvasRenderingContext2D, s: ProfileScene, p: Palette, full: number): void {
  const [a, b] = [xOf(s, s.window.from), xOf(s, s.window.to)];
  const middle = (a + b) / 2;
  const width = Math.max(3, b - a);
  g.strokeStyle = p.accent;
  g.lineWidth = 2;
  g.strokeRect(middle - width / 2, top - 2, width, full + 4);
  g.lineWidth = 1;
  g.fillStyle = p.accent;
  g.beginPath();
  g.moveTo(middle, top + full + 4);
  g.lineTo(middle + 7, top + full + 15);
  g.lineTo(middle - 7, top + full + 15);
  g.closePath();
  g.fill();
}
