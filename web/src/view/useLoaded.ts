import {useEffect, useState} from 'preact/hooks';
import {reasonOf} from '../base/browser';

/** What is fetched when it is first needed, as a view's script: there, on its way, or not to be had. */
export type Loaded<T> = {readonly kind: 'there'; readonly value: T} | {readonly kind: 'coming'} | {readonly kind: 'failed'; readonly reason: string};

/** Loads a value, and says how to try again. */
export function useLoaded<T>(load: () => Promise<T>): readonly [loaded: Loaded<T>, again: () => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({kind: 'coming'});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    const take = (l: Loaded<T>) => !left && setLoaded(l);
    take({kind: 'coming'});
    load().then((value) => take({kind: 'there', value}), (e: unknown) => take({kind: 'failed', reason: reasonOf(e)}));
    return () => (left = true);
  }, [attempt]);
  return [loaded, () => setAttempt(attempt + 1)];
}
