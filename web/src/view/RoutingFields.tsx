import * as controls from '../state/controls';
import {countsText, parseCounts} from '../state/counts';
import {traceFor} from '../state/files';
import {usePart, useStore} from '../state/store';
import {WorkloadSource} from '../wire.gen';
import type {Scenario, Table} from '../wire.gen';
import {FileField, NumberFields, SelectField} from './fields';
import {useId, useState} from 'preact/hooks';

const sourceNames: Readonly<Record<WorkloadSource, string>> = {
  measured: 'Measured popularity',
  trace: 'Real token trace',
  file: 'My own trace file',
  lognormal: 'Log-normal curve',
  dirichlet: 'Dirichlet curve',
  zipf: 'Zipf curve',
  uniform: 'Uniform: every expert alike',
  counts: 'My own counts',
};

/** Where routing comes from, and the parameter of that source. */
export function RoutingFields() {
  const {editor, files} = useStore();
  const routing = usePart((s) => s.workload.routing);
  const pick = (source: string) => editor.set('workload.routing', {...routing, ...startOf(source, editor.scenario.peek(), editor.catalog.tables)}, 'pick');
  return (
    <>
      <SelectField label="Experts are chosen by" path="workload.routing.source" value={routing.source} options={WorkloadSource.map((s) => ({value: s, label: sourceNames[s]}))} onPick={pick} />
      {(routing.source === 'measured' || routing.source === 'trace') && <TableFields />}
      <NumberFields rows={controls.routing} />
      {routing.source === 'file' && (
        <div class="field">
          <p class="hint">{routing.file === '' ? 'No file yet. Drop one on the page, or' : `${routing.file}, or`}</p>
          <FileField label="Open trace…" accept=".csv,.jsonl,.ndjson,.bin,.gz,.txt" onTake={(f) => void files.take(f)} />
          <FileError />
        </div>
      )}
      {routing.source === 'counts' && <CountsField />}
    </>
  );
}

/** What a source needs to be set to begin with. */
function startOf(source: string, s: Scenario, tables: readonly Table[]) {
  if (source === 'trace') return {source, table: traceFor({...s, workload: {...s.workload, routing: {...s.workload.routing, table: ''}}}, tables)?.name ?? '', dataset: ''};
  if (source === 'measured') return {source, table: '', dataset: ''};
  if (source === 'counts' && !s.workload.routing.counts?.length) return {source, counts: [[8, 4, 2, 1, 1]]};
  return {source};
}

function TableFields() {
  const {editor} = useStore();
  const routing = usePart((s) => s.workload.routing);
  const traces = routing.source === 'trace';
  const tables = editor.catalog.tables.filter((t) => !traces || t.trace);
  const table = tables.find((t) => t.name === routing.table);
  const automatic = [{value: '', label: 'The model’s own, or its stand-in'}];
  const unknown = routing.table !== '' && !table ? [{value: routing.table, label: routing.table}] : [];
  return (
    <>
      <SelectField
        label={traces ? 'Trace' : 'Table'} path="workload.routing.table" value={routing.table}
        options={[...automatic, ...unknown, ...tables.map((t) => ({value: t.name, label: t.title}))]}
        hint={table && `${table.experts} experts, top-${table.top_k}, ${table.layers} layers. ${table.licence}`}
        onPick={(name) => editor.set('workload.routing', {...routing, table: name, dataset: ''}, 'pick')}
      />
      {table && table.datasets.length > 1 && (
        <SelectField
          label="Data set" path="workload.routing.dataset" value={routing.dataset}
          options={[{value: '', label: 'All'}, ...table.datasets.map((d) => ({value: d, label: d}))]}
          onPick={(d) => editor.set('workload.routing.dataset', d, 'pick')}
        />
      )}
    </>
  );
}

function FileError() {
  const store = useStore();
  const text = store.errorAt('workload.routing.sha256') || store.errorAt('workload.routing.file');
  return text ? <p class="field-error">{text}</p> : null;
}

function CountsField() {
  const store = useStore();
  const id = useId();
  const counts = usePart((s) => s.workload.routing.counts);
  const [draft, setDraft] = useState<{readonly text: string; readonly about: typeof counts} | null>(null);
  const typed = draft?.about === counts ? (draft?.text ?? null) : null; // other counts came from elsewhere
  const parsed = typed === null ? null : parseCounts(typed);
  const error = typeof parsed === 'string' ? parsed : store.errorAt('workload.routing.counts');
  const type = (text: string) => {
    const rows = parseCounts(text);
    setDraft({text, about: typeof rows === 'string' ? counts : rows});
    if (typeof rows !== 'string') store.editor.set('workload.routing.counts', rows, 'slide');
  };
  return (
    <div class="field">
      <label for={id}>Tokens per expert</label>
      <textarea
        id={id} rows={4} spellcheck={false} value={typed ?? countsText(counts ?? [])} aria-invalid={error !== ''}
        aria-describedby={`${id}-hint${error ? ` ${id}-error` : ''}`} onInput={(e) => type(e.currentTarget.value)} onBlur={() => typeof parsed !== 'string' && setDraft(null)}
      />
      <p class="hint" id={`${id}-hint`}>A row a MoE layer, or one row for all; separated by commas or spaces.</p>
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}
