import {at} from '../../base/path';
import * as controls from '../../state/controls';
import type {NumberRow} from '../../state/controls';
import {deviceless} from '../../state/look';
import {usePart, useStore} from '../../state/store';
import {Group, MachineField, ModelField, narrow} from '../Controls';
import {NumberFields, SelectField, ValueField} from '../fields';
import {selects} from './selects';
import type {Select} from './selects';

/** What the microscope looks at. */
export function DeviceControls() {
  const none = usePart(deviceless);
  return (
    <form class="controls" aria-label="Device" onSubmit={(e) => e.preventDefault()}>
      {!none && <Group title="What to look at" open><AimFields /></Group>}
      <Group title="Model and machine" open={none || !narrow()}><ModelField /><MachineField /></Group>
      {!none && (
        <>
          <Group title="Memory" open={!narrow()}><NumberFields rows={controls.memory} />{selects.memory.map((s) => <DeviceSelect key={s.path} of={s} />)}</Group>
          <Group title="MAC arrays" open={!narrow()}><NumberFields rows={controls.core} />{selects.core.map((s) => <DeviceSelect key={s.path} of={s} />)}</Group>
          <Group title="Buffers" open={!narrow()}><NumberFields rows={controls.buffers} /></Group>
        </>
      )}
    </form>
  );
}

const tokens: NumberRow = {path: 'look.tokens', label: 'Tokens', unit: '', per: 1, min: 1, max: 512, log: true, whole: true, hint: 'that the expert gets at once'};

function AimFields() {
  const store = useStore();
  const {lens} = store;
  const aim = lens.aim.value;
  return (
    <>
      <ValueField row={tokens} value={aim.tokens} error={store.errorAt(tokens.path)} onSet={(n, manner) => lens.set({tokens: n}, manner)} />
      <label class="check">
        <input type="checkbox" checked={aim.pmove} onChange={(e) => lens.set({pmove: e.currentTarget.checked}, 'pick')} />
        PMove alongside: another expert leaves over the link
      </label>
    </>
  );
}

/** A choice of the scenario that may be left out: what holds then is not written. */
function DeviceSelect({of: {path, label, options, hint}}: {readonly of: Select}) {
  const {editor} = useStore();
  const [usual] = options;
  const value = usePart((s) => at(s, path));
  const known = options.some((o) => o.value === value);
  const more = typeof value === 'string' && !known ? [{value, label: value}] : [];
  return (
    <SelectField
      label={label} path={path} value={typeof value === 'string' ? value : (usual?.value ?? '')} options={[...options, ...more]} hint={hint}
      onPick={(v) => editor.set(path, v === usual?.value ? undefined : v, 'pick')}
    />
  );
}
