import {useEffect, useRef, useState} from 'preact/hooks';

/** The width of an element, which the caller attaches the ref to. */
export function useWidth<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return {ref, width};
}

/** Changes whenever the colours do, so that pictures are drawn again. */
export function useColours(): number {
  const [n, setN] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const again = () => setN((x) => x + 1);
    for (const q of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) matchMedia(q).addEventListener('change', again, {signal: stop.signal});
    return () => stop.abort();
  }, []);
  return n;
}
