import {plural} from '../../base/format';
import type {Sweeps} from '../../state/sweeps';
import {useStore} from '../../state/store';
import {fieldAt, fieldsOf} from '../../state/sweepfields';
import type {Catalog, SweepState} from '../../wire.gen';
import {Table} from '../Figure';
import {stateTexts} from './words';

const when = new Intl.DateTimeFormat('en', {dateStyle: 'medium', timeStyle: 'short'});
const whenOf = (s: SweepState) => (s.created ? when.format(new Date(s.created)) : '');

/** What a sweep varies, in a few words. */
export function variesOf({sweep}: Pick<SweepState, 'sweep'>, catalog: Catalog): string {
  const fields = fieldsOf(catalog, catalog.default);
  const some = sweep.axes.filter((a) => a.values?.length !== 1);
  return (some.length > 0 ? some : sweep.axes).map((a) => fieldAt(fields, a.path, catalog.default).title).join(' × ');
}

/** Sweeps that are on the server, to open. */
export function Recent({sweeps}: {readonly sweeps: Sweeps}) {
  const {lens, editor} = useStore();
  const all = sweeps.recent.value;
  if (!all || all.length === 0) return null;
  const open = (e: MouseEvent, id: string) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    lens.set({sweep: id}, 'pick');
  };
  const now = lens.aim.value.sweep;
  return (
    <section class="card sweep-recent" aria-labelledby="recent">
      <div class="figure-head"><h2 id="recent">Sweeps on this server</h2><button type="button" onClick={() => void sweeps.list()}>Refresh</button></div>
      <Table
        caption="Sweeps on this server, the newest first" rows={all}
        columns={[
          {title: 'Varies', text: true, cell: (s) => <a href={`?view=sweep&sweep=${encodeURIComponent(s.id)}`} aria-current={s.id === now ? 'true' : undefined} onClick={(e) => open(e, s.id)}>{variesOf(s, editor.catalog)}</a>},
          {title: 'Of', text: true, cell: (s) => `${s.title ? `${s.title}: ` : ''}${s.model} on ${s.machine}`},
          {title: 'Points', cell: (s) => plural(s.points, 'point')},
          {title: 'State', text: true, cell: (s) => <span class={`badge s-${s.state}`}>{stateTexts[s.state]}</span>},
          {title: 'Begun', text: true, cell: whenOf},
        ]}
      />
    </section>
  );
}
