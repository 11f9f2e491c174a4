import {useState} from 'preact/hooks';
import {copy} from '../base/browser';

/** Links longer than this are cut by some programs. */
const longLink = 2000;

type Said = {readonly kind: 'text'; readonly text: string} | {readonly kind: 'link'; readonly link: string};

const nothing: Said = {kind: 'text', text: ''};

/** Copies a link; where the browser does not let it, it shows the link to copy by hand. */
export function CopyLink({label, link}: {readonly label: string; readonly link: () => Promise<string>}) {
  const [said, setSaid] = useState(nothing);
  const say = async () => {
    const outcome = await attempt(link);
    setSaid(outcome);
    if (outcome.kind === 'text') setTimeout(() => setSaid((now) => (now === outcome ? nothing : now)), 4000);
  };
  return (
    <>
      <span class="said" role="status">{said.kind === 'text' && said.text}</span>
      {said.kind === 'link' && <input class="link" readOnly value={said.link} aria-label="The link, to copy by hand" ref={(e) => e?.select()} onBlur={() => setSaid(nothing)} />}
      <button type="button" onClick={() => void say()}>{label}</button>
    </>
  );
}

async function attempt(address: () => Promise<string>): Promise<Said> {
  const link = await address().catch(() => null);
  if (link === null) return {kind: 'text', text: 'Mend the marked values first.'};
  if (!(await copy(link))) return {kind: 'link', link};
  return {kind: 'text', text: link.length > longLink ? `Copied; ${link.length} characters, which some programs cut.` : 'Copied.'};
}
