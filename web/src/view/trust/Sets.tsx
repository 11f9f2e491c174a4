import {useState} from 'preact/hooks';
import type {Reopener} from '../../state/evidence';
import {useStore} from '../../state/store';
import {setsOf} from '../../state/trust';
import type {Validation} from '../../state/trust';
import {SetDetail} from './SetDetail';
import {Sums} from './Sums';
import type {Line} from './Sums';
import {wordsOf} from './words';

export interface EvidenceProps {
  readonly v: Validation;
  readonly opener: Reopener;
}

/** Every set of measurements, and the one that is open. */
export function Sets({v, opener}: EvidenceProps) {
  const {lens} = useStore();
  const [fitted, setFitted] = useState(false);
  const sets = setsOf(v);
  const wanted = lens.aim.value.set;
  const open = (sets.find((s) => s.name === wanted) ?? sets[0])?.name ?? '';
  const lines = sets.flatMap<Line>((s) => {
    const name = <SetName set={s.name} open={open} />;
    return [...(s.held ? [{name, sum: s.held}] : []), ...(fitted && s.fitted ? [{name: s.held ? wordsOf(s.name).title : name, sum: s.fitted}] : [])];
  });
  return (
    <>
      <section class="card sets" aria-labelledby="sets">
        <div class="figure-head">
          <h2 id="sets">Predicted against measured, set by set</h2>
          <label class="check"><input type="checkbox" checked={fitted} onChange={(e) => setFitted(e.currentTarget.checked)} /> Show fitted rows too</label>
        </div>
        <p class="note">Errors are shares of the measured time; all but the bias are of absolute values. Held-out rows are those that no constant was fitted to: only they count. The roofline is the longest of bytes and operations at the rates of datasheets: the baseline to beat. Choose a set to see its rows.</p>
        <Sums caption="Errors of each set" first="Measurements" lines={lines} fitted={fitted} />
      </section>
      <SetDetail key={open} v={v} set={open} fitted={fitted} opener={opener} />
    </>
  );
}

function SetName({set, open}: {readonly set: string; readonly open: string}) {
  const {lens} = useStore();
  return <button type="button" class="plain set-name" aria-pressed={set === open} onClick={() => lens.set({set}, 'pick')}>{wordsOf(set).title}</button>;
}
