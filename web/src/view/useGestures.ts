import {useEffect, useRef} from 'preact/hooks';
import type {RefObject} from 'preact';

export interface Gestures {
  readonly zoom: (factor: number, x: number) => void;
  readonly pan: (dx: number) => void;
  readonly point: (x: number, y: number) => void;
  readonly key: (key: string) => boolean; // whether it was used
}

/** Wheel, drag, pinch and keys on an element, in its own pixels. */
export function useGestures(ref: RefObject<HTMLElement | null>, gestures: Gestures): void {
  const latest = useRef(gestures);
  latest.current = gestures;
  useEffect(() => {
    const el = ref.current;
    if (!el) return;
    const stop = new AbortController();
    listenWheel(el, latest, stop.signal);
    listenPointers(el, latest, stop.signal);
    el.addEventListener('keydown', (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (latest.current.key(e.key)) e.preventDefault();
    }, {signal: stop.signal});
    return () => stop.abort();
  }, []);
}

type Latest = {readonly current: Gestures};

/** The wheel belongs to the page until the picture has the focus, or with Ctrl. */
function listenWheel(el: HTMLElement, latest: Latest, signal: AbortSignal): void {
  const hear = (e: WheelEvent) => {
    const ours = e.ctrlKey || e.metaKey || document.activeElement === el;
    const sideways = Math.abs(e.deltaX) > Math.abs(e.deltaY) || e.shiftKey;
    if (!ours && !sideways) return;
    e.preventDefault();
    if (sideways) latest.current.pan(-(e.deltaX || e.deltaY));
    else latest.current.zoom(Math.exp(Math.max(-60, Math.min(60, e.deltaY)) / 200), e.offsetX);
  };
  el.addEventListener('wheel', hear, {passive: false, signal});
}

function listenPointers(el: HTMLElement, latest: Latest, signal: AbortSignal): void {
  const down = new Map<number, number>(); // pointer -> x
  const spread = () => {
    const [a = 0, b = 0] = down.values();
    return {gap: Math.max(8, Math.abs(a - b)), middle: (a + b) / 2};
  };
  const move = (e: PointerEvent) => {
    const before = down.get(e.pointerId);
    if (before === undefined) return latest.current.point(e.offsetX, e.offsetY);
    const old = spread();
    down.set(e.pointerId, e.offsetX);
    if (down.size === 2) latest.current.zoom(old.gap / spread().gap, spread().middle);
    else latest.current.pan(e.offsetX - before);
  };
  const begin = (e: PointerEvent) => {
    down.set(e.pointerId, e.offsetX);
    latest.current.point(e.offsetX, e.offsetY);
    if (e.pointerType === 'mouse') el.setPointerCapture(e.pointerId);
  };
  el.addEventListener('pointerdown', begin, {signal});
  el.addEventListener('pointermove', move, {signal});
  for (const type of ['pointerup', 'pointercancel'] as const) el.addEventListener(type, (e) => down.delete(e.pointerId), {signal});
}
