import {useEffect, useState} from 'preact/hooks';
import {count} from '../../base/format';
import type {Reopener} from '../../state/evidence';
import type {Row} from '../../state/trust';
import {amount, signed} from './text';

interface ReadingProps {
  readonly row: Row;
  readonly opener: Reopener;
  readonly open: () => void;
}

/** One row, and the way to its scenario. */
export function Reading({row, opener, open}: ReadingProps) {
  const href = useLink(row, opener);
  const click = (e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    open();
  };
  return (
    <>
      <p class="reading-error"><strong class="big">{signed(row.error)}</strong> <span class="badge">{row.fitted ? 'fitted to' : 'held out'}</span></p>
      <dl class="reading-list">
        {entries(row).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {row.measured_us < row.roofline_us && <p class="small">Measured below the roofline: caches held some of the bytes, routing was another, or the measurement is wrong.</p>}
      <p>{row.scenario === undefined ? 'This row has no scenario.' : <a href={href ?? './'} onClick={click}>Open this scenario</a>}</p>
    </>
  );
}

const entries = (r: Row): readonly (readonly [name: string, value: string])[] => [
  ['Measured', amount(r.measured_us, r.unit)],
  ['Predicted', amount(r.predicted_us, r.unit)],
  ...(r.roofline_us > 0 ? [['Roofline', amount(r.roofline_us, r.unit)] as const] : []),
  ['Model', r.model],
  ['Strategy', r.strategy],
  ['Machine', r.machine],
  ...(r.tokens > 0 ? [['Tokens', count(r.tokens)] as const] : []),
  ...(r.case ? [['Case', r.case] as const] : []),
];

/** How long a reading rests before its link is asked for: a pointer on its way passes many. */
const rest = 150;

function useLink(row: Row, opener: Reopener): string | null {
  const [found, setFound] = useState<{readonly row: Row; readonly href: string} | null>(null);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => void opener.link(row).then((href) => left || setFound({row, href}), () => undefined), rest);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [row, opener]);
  return found?.row === row ? found.href : null;
}
