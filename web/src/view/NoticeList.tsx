import {useStore} from '../state/store';

/** Messages that stay until they are dismissed. */
export function NoticeList() {
  const {notices} = useStore();
  return (
    <div class="notices" role="status">
      {notices.all.value.map((n) => (
        <p key={n.id} class={`notice ${n.tone}`}>
          <span>{n.text}</span>
          <button type="button" class="plain" onClick={() => notices.dismiss(n.id)} aria-label="Dismiss this message">✕</button>
        </p>
      ))}
    </div>
  );
}
