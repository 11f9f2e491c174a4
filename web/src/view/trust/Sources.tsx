import {count, plain, plural} from '../../base/format';
import {useStore} from '../../state/store';
import {knownFrom} from '../../state/trust';
import type {Constant} from '../../state/trust';
import {ProvenanceTable} from '../Details';
import {Fold, Table} from '../Figure';
import {Status} from '../Results';
import {fitOf} from './words';

/** Where every number of a prediction comes from: the scenario's own, and what all have in common. */
export function Sources({constants}: {readonly constants: readonly Constant[] | null}) {
  const {shown, runner} = useStore();
  const report = shown.value;
  return (
    <section class="card sets" aria-labelledby="sources">
      <h2 id="sources">The source of every number</h2>
      {!report && <Status />}
      {!report && !runner.pause.value && <p role="status">Simulating the current scenario…</p>}
      {report && (
        <Fold summary={<><h3>Numbers of the current scenario</h3> <span class="small">{report.model} on {report.machine}, {report.strategy}: {plural(report.provenance.length, 'number')}, {count(report.provenance.filter((s) => s.kind === 'assumed').length)} assumed</span></>}>
          {() => <ProvenanceTable sources={report.provenance} />}
        </Fold>
      )}
      {constants && constants.length > 0 && (
        <Fold summary={<><h3>Constants of all GPUs</h3> <span class="small">{plural(constants.length, 'constant')}, {count(constants.filter((c) => c.fit).length)} fitted to the rows marked so above</span></>}>
          {() => (
            <Table
              caption="Constants of all GPUs" rows={constants}
              columns={[
                {title: 'Constant', text: true, cell: (c) => <code>{c.name}</code>},
                {title: 'Value', cell: (c) => plain(c.value, 4)},
                {title: 'Known from', text: true, cell: known},
                {title: 'What it is', text: true, cell: (c) => c.text},
              ]}
            />
          )}
        </Fold>
      )}
    </section>
  );
}

function known(c: Constant) {
  const kind = knownFrom(c);
  return <><span class={`badge k-${kind}`}>{kind}</span>{c.fit && ` to ${fitOf(c.fit)}`}</>;
}
