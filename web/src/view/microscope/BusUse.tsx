import {tenths} from '../../base/format';
import type {DeviceShare} from '../../wire.gen';
import {Figure, Table} from '../Figure';
import type {SeenProps} from './Summary';

const words: Readonly<Record<string, readonly [name: string, what: string]>> = {
  data: ['Data', 'bursts of weights, activations and results'],
  refresh: ['Refresh', 'the bank was refreshing'],
  turnaround: ['Turnaround', 'from reads to writes, or back'],
  row: ['Rows', 'the row had to be opened first'],
  'bank group': ['Bank group', 'a group answers only so often (tCCD_L)'],
  other: ['Other', 'ranks, the command bus, the data clock'],
  'nothing asked for': ['Nothing asked for', 'no half of the weight buffer was free'],
};

const wordsOf = (s: DeviceShare) => words[s.name] ?? [s.name, ''];
const classOf = (s: DeviceShare) => `u-${s.name.replaceAll(' ', '-')}`;

/** Shares below this have no width to see. */
const seenAt = 0.0005;

/** Where the time of the data bus went. */
export function BusUse({seen: {sight}}: SeenProps) {
  const shown = sight.bus.filter((s) => s.share >= seenAt);
  return (
    <Figure title="What the data bus did" note="Where its time went, over the whole run." table={() => <ShareTable shares={sight.bus} />}>
      <div class="use-bar" aria-hidden="true">
        {shown.map((s) => <span key={s.name} class={classOf(s)} style={{flexGrow: s.share}} />)}
      </div>
      <ul class="use-legend">
        {shown.map((s) => (
          <li key={s.name}><span class={`swatch ${classOf(s)}`} aria-hidden="true" /><strong>{tenths(s.share)}</strong> <span>{wordsOf(s)[0]}<span class="small"> {wordsOf(s)[1]}</span></span></li>
        ))}
      </ul>
    </Figure>
  );
}

function ShareTable({shares}: {readonly shares: readonly DeviceShare[]}) {
  return (
    <Table
      caption="Time of the data bus" rows={shares}
      columns={[
        {title: 'What', text: true, cell: (s) => wordsOf(s)[0]},
        {title: 'Share', cell: (s) => tenths(s.share)},
        {title: 'Because', text: true, cell: (s) => wordsOf(s)[1]},
      ]}
    />
  );
}
