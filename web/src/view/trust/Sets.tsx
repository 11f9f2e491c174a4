import type {Reopener} from '../../state/evidence';
import {useStore} from '../../state/store';
import {setsOf} from '../../state/trust';
import type {MeasuredSet, Validation} from '../../state/trust';
import {SetDetail} from './SetDetail';
import {FittedSums, Sums} from './Sums';
import type {Line} from './Sums';
import {placeOf, wordsOf} from './words';

export interface EvidenceProps {
  readonly v: Validation;
  readonly opener: Reopener;
}

/** Every set of measurements, and the one that is open. */
export function Sets({v, opener}: EvidenceProps) {
  const {lens} = useStore();
  const sets = setsOf(v).sort((a, b) => placeOf(a.name) - placeOf(b.name));
  const wanted = lens.aim.value.set;
  const open = (sets.find((s) => s.name === wanted) ?? sets[0])?.name;
  if (open === undefined) return <section class="card"><p>The file sums up no set of measurements.</p></section>;
  const lines = (which: 'held' | 'fitted') => sets.flatMap<Line>((s) => (s[which] ? [{name: nameOf(s, which, open), sum: s[which]}] : []));
  return (
    <>
      <section class="card sets" aria-labelledby="sets">
        <h2 id="sets">Predicted against measured, set by set</h2>
        <p class="note">Errors are shares of the measured value; all but the bias are of absolute values. Only held-out rows count: no constant was fitted to them. They come from the same machines as the fitted ones, and the shape of some models was chosen with them in sight, so elsewhere errors can be larger. The roofline is the longest of bytes and operations at the rates of data sheets: the baseline to beat. Choose a set to see its rows.</p>
        <Sums caption="Errors of each set" first="Measurements" lines={lines('held')} />
        <FittedSums caption="Errors of each set, fitted rows" first="Measurements" lines={lines('fitted')} />
      </section>
      <SetDetail key={open} v={v} set={open} opener={opener} />
    </>
  );
}

/** A set has one button; where it stands among fitted rows too, its name is enough. */
const nameOf = (s: MeasuredSet, which: 'held' | 'fitted', open: string) =>
  (which === 'held' || !s.held ? <SetName set={s.name} open={open} /> : wordsOf(s.name).title);

function SetName({set, open}: {readonly set: string; readonly open: string}) {
  const {lens} = useStore();
  return <button type="button" class="plain set-name" aria-pressed={set === open} onClick={() => lens.set({set}, 'pick')}>{wordsOf(set).title}</button>;
}
