import {useId, useState} from 'preact/hooks';
import {at} from '../../base/path';
import {toWrite, valueOf} from '../../state/controls';
import {readBatches} from '../../state/lens';
import {usePart, useStore} from '../../state/store';
import {Group, narrow} from '../Controls';
import {SelectField, ValueField} from '../fields';
import {chapters} from './points';
import type {Chapter, Open} from './points';

/** What the paper leaves open. */
export function PaperControls() {
  return (
    <form class="controls paper-controls" aria-label="What the paper leaves open" onSubmit={(e) => e.preventDefault()}>
      {chapters.map((c, i) => (
        <Group key={c.title} title={c.title} open={c.open && !narrow()}>
          {i === 0 && <Batches />}
          <ChapterFields chapter={c} />
        </Group>
      ))}
    </form>
  );
}

function ChapterFields({chapter: {note, points}}: {readonly chapter: Chapter}) {
  return (
    <>
      {note && <p class="note">{note}</p>}
      {points.map((p) => <Field key={'number' in p ? p.number.path : p.select.path} of={p} />)}
    </>
  );
}

/** A control with its default, and the reason for it. */
function Field({of}: {readonly of: Open}) {
  const store = useStore();
  const {editor} = store;
  const shown = usePart((s) => ('number' in of ? (of.number.shown?.(s) ?? true) : true));
  const value = usePart((s) => ('number' in of ? valueOf(of.number, s) : at(s, of.select.path)));
  const hint = `Default: ${of.usual}; ${of.why}.`;
  if (!shown) return null;
  if ('number' in of) {
    const row = {...of.number, hint};
    return <ValueField row={row} value={value as number} error={store.errorAt(row.path)} onSet={(v, manner) => editor.set(row.path, toWrite(row, editor.scenario.peek(), v), manner)} />;
  }
  const {path, label, options} = of.select;
  const optional = path.includes('.dram.') || path.endsWith('.ndp.order'); // left out where it is the first
  const [usual] = options;
  return (
    <SelectField
      label={label} path={path} value={typeof value === 'string' ? value : (usual?.value ?? '')} options={options} hint={hint}
      onPick={(v) => editor.set(path, optional && v === usual?.value ? undefined : v, 'pick')}
    />
  );
}

/** Which batch sizes are compared. */
function Batches() {
  const {lens} = useStore();
  const id = useId();
  const {batches} = lens.aim.value;
  const [draft, setDraft] = useState<string | null>(null);
  const type = (text: string) => {
    setDraft(text);
    if (/\d/.test(text)) lens.set({batches: readBatches(text)}, 'slide');
  };
  return (
    <div class="field text">
      <label for={id}>Batch sizes</label>
      <input id={id} value={draft ?? batches.join(', ')} autocomplete="off" aria-describedby={`${id}-hint`} onInput={(e) => type(e.currentTarget.value)} onBlur={() => setDraft(null)} />
      <p class="hint" id={`${id}-hint`}>Default: 1, 4, 16; the paper varies them, and names none that we could find: from one user to where the device runs short of arrays. At most five.</p>
    </div>
  );
}
