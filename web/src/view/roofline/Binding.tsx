import {percent, plural, resource, time} from '../../base/format';
import {bindingOf} from '../../state/roofline';
import {useStore} from '../../state/store';
import type {Layer} from '../../wire.gen';
import {Legend} from '../Bars';
import {Figure, Table} from '../Figure';
import {layerName} from '../names';
import type {Scene} from './Roofline';

/** Which resource each layer waits for; every row with experts is a button that selects its layer. */
export function Binding({scene: {report, layer}}: {readonly scene: Scene}) {
  const names = report.resources.map((r) => r.name);
  const longest = Math.max(1, ...report.layers.map((l) => l.time_ps));
  return (
    <Figure
      title="What binds each layer" note="Length is time; colour and pattern say what it waited for. Choose a layer with experts to see them below."
      table={() => <BindingTable layers={report.layers} names={names} />}
    >
      <Legend names={names.filter((n, i) => n !== 'flash' || (report.resources[i]?.busy_ps ?? 0) > 0)} />
      <ol class="binding">
        {report.layers.map((l, i) => <li key={i}><Row layer={l} name={layerName(report.layers, i)} names={names} longest={longest} index={i} on={i === layer} /></li>)}
      </ol>
    </Figure>
  );
}

interface RowProps {
  readonly layer: Layer;
  readonly name: string;
  readonly names: readonly string[];
  readonly longest: number;
  readonly index: number;
  readonly on: boolean;
}

function Row({layer, name, names, longest, index, on}: RowProps) {
  const {lens} = useStore();
  const {resource: most, share} = bindingOf(layer, names);
  const inside = (
    <>
      <span class="binding-name">{name}</span>
      <span class="binding-track" aria-hidden="true">
        {layer.critical_ps.map((t, i) => t > 0 && <span key={i} class={`segment r-${names[i]}`} style={{width: `${((t / longest) * 100).toFixed(2)}%`}} />)}
      </span>
      <span class="binding-most">{layer.moe ? <strong>{resource(most)}</strong> : resource(most)} {percent(share)}</span>
      <span class="binding-time">{time(layer.time_ps)}</span>
    </>
  );
  if (!layer.moe) return <div class="binding-row">{inside}</div>;
  return <button type="button" class="binding-row" aria-pressed={on} onClick={() => lens.set({layer: index}, 'pick')}>{inside}</button>;
}

function BindingTable({layers, names}: {readonly layers: readonly Layer[]; readonly names: readonly string[]}) {
  return (
    <Table
      caption="What binds each layer" rows={layers.map((l, i) => [l, i] as const)}
      columns={[
        {title: 'Layer', text: true, cell: ([, i]) => layerName(layers, i)},
        {title: 'Kind', text: true, cell: ([l]) => (l.moe ? plural(l.active, 'active expert') : 'dense')},
        {title: 'Time', cell: ([l]) => time(l.time_ps)},
        {title: 'Waits most for', text: true, cell: ([l]) => resource(bindingOf(l, names).resource)},
        ...names.map((n, i) => ({title: resource(n), cell: ([l]: readonly [Layer, number]) => percent(l.time_ps > 0 ? (l.critical_ps[i] ?? 0) / l.time_ps : 0)})),
      ]}
    />
  );
}
