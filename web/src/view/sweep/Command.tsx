import {useState} from 'preact/hooks';
import {copy} from '../../base/browser';

/** A command to copy. */
export function Command({text}: {readonly text: string}) {
  const [said, setSaid] = useState('');
  const take = async () => setSaid((await copy(text)) ? 'Copied.' : 'Select the line to copy it.');
  return (
    <div class="command">
      <pre tabIndex={0} aria-label="Command"><code>{text}</code></pre>
      <button type="button" onClick={() => void take()}>Copy command</button>
      <span class="said" role="status">{said}</span>
    </div>
  );
}
