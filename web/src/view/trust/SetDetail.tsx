import {useMemo, useState} from 'preact/hooks';
import {byUnit, partOf, partsOf, predicted} from '../../state/trust';
import {Figure} from '../Figure';
import {RowTable} from './RowTable';
import {Scatter} from './Scatter';
import type {Measure} from './Scatter';
import type {EvidenceProps} from './Sets';
import {FittedSums, Sums} from './Sums';
import {wordsOf} from './words';

interface DetailProps extends EvidenceProps {
  readonly set: string;
}

/** A set's rows as a picture, as a table, and summed by part. */
export function SetDetail({v, set, opener}: DetailProps) {
  const [part, setPart] = useState<string | null>(null);
  const [measure, setMeasure] = useState<Measure>('predicted');
  const rows = useMemo(() => predicted(v, set).filter((r) => part === null || partOf(r) === part), [v, set, part]);
  const {title, what} = wordsOf(set);
  const parts = partsOf(v, set);
  const several = new Set(parts.map(partOf)).size > 1;
  const lines = (fitted: boolean) => parts.filter((s) => (s.fitted ?? false) === fitted).map((s) => ({sum: s, name: <PartName name={partOf(s)} open={part} pick={setPart} />}));
  return (
    <>
      <Figure
        title={part === null ? title : `${title}: ${part}`} note={what} table={() => <RowTable rows={rows} set={set} opener={opener} />}
        tools={<Tools measure={measure} pick={setMeasure} />}
      >
        {[...byUnit(rows)].map(([unit, some]) => <Scatter key={unit} rows={some} unit={unit} measure={measure} title={title} opener={opener} />)}
        {rows.length === 0 && <p>No row of this set has a prediction.</p>}
      </Figure>
      {several && (
        <section class="card sets" aria-labelledby="parts">
          <div class="figure-head">
            <h2 id="parts">Its parts</h2>
            <button type="button" disabled={part === null} onClick={() => setPart(null)}>Show all parts</button>
          </div>
          <p class="note">By strategy and machine. Choose one to see its rows alone.</p>
          <Sums caption="Errors of each part" first="Part" lines={lines(false)} />
          <FittedSums caption="Errors of each part, fitted rows" first="Part" lines={lines(true)} />
        </section>
      )}
    </>
  );
}

interface PartProps {
  readonly name: string;
  readonly open: string | null;
  readonly pick: (part: string | null) => void;
}

function PartName({name, open, pick}: PartProps) {
  return <button type="button" class="plain set-name" aria-pressed={name === open} onClick={() => pick(name === open ? null : name)}>{name}</button>;
}

function Tools({measure, pick}: {readonly measure: Measure; readonly pick: (m: Measure) => void}) {
  return (
    <label class="inline">
      Upwards
      <select value={measure} onChange={(e) => pick(e.currentTarget.value === 'error' ? 'error' : 'predicted')}>
        <option value="predicted">the prediction</option>
        <option value="error">its error</option>
      </select>
    </label>
  );
}
