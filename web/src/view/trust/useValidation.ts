import {useEffect, useState} from 'preact/hooks';
import {reasonOf} from '../../base/browser';
import {fetchValidation} from '../../state/evidence';
import type {Validation} from '../../state/trust';

declare const __VALIDATION_URL__: string;

/** The comparison with measurements: there, on its way, or not to be had. */
export type Fetched = {readonly kind: 'there'; readonly validation: Validation} | {readonly kind: 'coming'} | {readonly kind: 'failed'; readonly reason: string};

let kept: Promise<Validation> | null = null; // fetched once a visit

function fetched(): Promise<Validation> {
  kept ??= fetchValidation(new URL(__VALIDATION_URL__, document.baseURI).href);
  kept.catch(() => (kept = null));
  return kept;
}

/** Fetches the comparison, and says how to try again. */
export function useValidation(): readonly [fetched: Fetched, again: () => void] {
  const [state, setState] = useState<Fetched>({kind: 'coming'});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    const take = (f: Fetched) => !left && setState(f);
    take({kind: 'coming'});
    fetched().then((validation) => take({kind: 'there', validation}), (e: unknown) => take({kind: 'failed', reason: reasonOf(e)}));
    return () => (left = true);
  }, [attempt]);
  return [state, () => setAttempt(attempt + 1)];
}
