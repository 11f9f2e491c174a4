/** The colours of the page's stylesheet, for a canvas. */
export interface Palette {
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly back: string;
  readonly accent: string;
  readonly hot: string;
  resource(name: string): string;
  colour(name: string): string; // any other of the stylesheet's
  heat(share: number): string; // 0 to 1
}

/** Reads the palette as it applies to an element. */
export function paletteOf(el: Element): Palette {
  const style = getComputedStyle(el);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const [low, high] = [channels(read('heat-low')), channels(read('heat-high'))];
  const colours = new Map<string, string>();
  const colour = (name: string) => {
    const known = colours.get(name) ?? read(name);
    colours.set(name, known);
    return known;
  };
  return {
    text: read('text'), soft: read('soft'), line: read('line'), back: read('card'), accent: read('accent'), hot: read('hot'),
    resource: (name) => colour(`r-${name}`) || colour('soft'),
    colour,
    heat: (s) => `rgb(${low.map((c, i) => Math.round(c + ((high[i] ?? c) - c) * s)).join(' ')})`,
  };
}

const channels = (rgb: string) => (rgb.match(/[\d.]+/g) ?? ['128', '128', '128']).slice(0, 3).map(Number);

/** Sizes a canvas to its box in device pixels, and returns its context in CSS pixels. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const g = canvas.getContext('2d');
  g?.setTransform(ratio, 0, 0, ratio, 0, 0);
  g?.clearRect(0, 0, width, height);
  return g;
}
