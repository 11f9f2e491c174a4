import type {ComponentType} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {reasonOf} from '../base/browser';

/** A view whose script is fetched when it is first needed: there, on its way, or not to be had. */
export type Loaded = {readonly kind: 'there'; readonly view: ComponentType} | {readonly kind: 'coming'} | {readonly kind: 'failed'; readonly reason: string};

/** Loads a view, and says how to try again. */
export function useLoaded(load: () => Promise<ComponentType>): readonly [loaded: Loaded, again: () => void] {
  const [loaded, setLoaded] = useState<Loaded>({kind: 'coming'});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    const take = (l: Loaded) => !left && setLoaded(l);
    take({kind: 'coming'});
    load().then((view) => take({kind: 'there', view}), (e: unknown) => take({kind: 'failed', reason: reasonOf(e)}));
    return () => (left = true);
  }, [attempt]);
  return [loaded, () => setAttempt(attempt + 1)];
}
