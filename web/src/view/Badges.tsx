import {Fragment} from 'preact';
import {badgeWords} from '../state/badges';
import type {Badge} from '../wire.gen';

/** What a strategy asks of its user beside time, in the same words everywhere. */
export const Badges = ({of}: {readonly of: readonly string[]}) => (
  <>{of.map((b) => <Fragment key={b}>{' '}<span class={b === 'simulated' ? 'badge bad' : 'badge'}>{badgeWords[b as Badge] ?? b}</span></Fragment>)}</>
);
