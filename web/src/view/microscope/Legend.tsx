import type {ComponentChildren} from 'preact';
import {meanings} from '../draw/describe';
import {kinds} from '../draw/picture';
import type {Kind} from '../draw/picture';

const signs: Readonly<Record<Kind, ComponentChildren>> = {
  ACT: <path class="sign-act" d="M9 2 L15 13 H3 Z" />,
  PRE: <path class="sign-pre" d="M9 14 L15 3 H3 Z" />,
  CAS: <path class="sign-cas" d="M9 3 L14 8 L9 13 L4 8 Z" />,
  RD: <rect class="sign-rd" x="1" y="2" width="16" height="12" />,
  WR: <><rect class="sign-wr" x="1.5" y="5.5" width="15" height="9" /><path class="sign-wr" d="M2 14 L10 6 M7 14 L15 6" /></>,
  REF: <><rect class="sign-ref" x="1.5" y="2.5" width="15" height="11" /><path class="sign-ref" d="M2 3 L12 13 M7 3 L16 12" /></>,
};

/** What the signs stand for. */
export function Legend() {
  return (
    <ul class="legend signs">
      {kinds.map((k) => <li key={k}><Sign>{signs[k]}</Sign><strong>{k}</strong> <span class="small">{meanings[k]}</span></li>)}
      <li><span class="swatch open-row" aria-hidden="true" /><span class="small">a row is open</span></li>
      <li><span class="swatch r-ndp" aria-hidden="true" /><span class="small">the arrays compute</span></li>
    </ul>
  );
}

function Sign({children}: {readonly children: ComponentChildren}) {
  return <svg class="sign" viewBox="0 0 18 16" width="18" height="16" aria-hidden="true">{children}</svg>;
}
