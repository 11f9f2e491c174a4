import {useEffect, useRef} from 'preact/hooks';
import {useStore} from '../state/store';

const keys: readonly (readonly [keys: string, what: string])[] = [
  ['?', 'this help'],
  ['Tab', 'from control to control'],
  ['W S', 'timeline: closer, further'],
  ['A D', 'timeline: earlier, later'],
  ['F', 'timeline: fit everything'],
  ['← →', 'timeline and heat map: the span or expert beside'],
  ['↑ ↓', 'timeline: another resource; heat map: another layer'],
  ['Enter', 'timeline: zoom to the span'],
  ['Home End', 'microscope, whose picture has the timeline’s keys: begin and end of the run'],
];

const words: readonly (readonly [word: string, meaning: string])[] = [
  ['PMove', 'An expert’s weights cross the link to the GPU.'],
  ['AMove', 'Activations go to where the expert lives, and the results come back.'],
  ['Hot, cold', 'The H busiest active experts of a layer and pass; all others.'],
  ['GPU+PM', 'Every active expert is moved to the GPU. Serial: one after the other; overlapped: while another computes.'],
  ['MD+AM', 'The memory device computes every expert beside its memory (near-data processing, NDP).'],
  ['MD+LB', 'MoNDE: hot experts on the GPU and cold ones on the device, at the same time.'],
  ['CPU+AM', 'The host’s CPU computes the experts.'],
  ['CPU+LB', 'Hot experts on the GPU and cold ones on the host’s CPU, at the same time.'],
  ['Ideal', 'As if GPU memory held everything.'],
  ['α, H', 'H = α · BW(link) / (BW(device) + BW(link)) · active experts.'],
];

/** Words and keys. */
export function Help() {
  const {help} = useStore();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => (help.value = false);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <form method="dialog">
        <h2 id="help-title">Help</h2>
        <button type="submit" class="icon" aria-label="Close help"><span aria-hidden="true">✕</span></button>
      </form>
      <p>
        Change anything on the left: every compared strategy is simulated again at once, in this page. Choose a bar to see that
        strategy in detail. The other tabs show one expert on its device, command by command; what binds each layer, and when moving an expert pays; the paper’s figures; and how predictions compare with measurements. The address bar always holds a link to exactly what you see. Drop a Hugging Face config.json, a
        scenario or a routing trace anywhere.
      </p>
      <h3>Words</h3>
      <dl class="words">{words.map(([word, meaning]) => <div key={word}><dt>{word}</dt><dd>{meaning}</dd></div>)}</dl>
      <h3>Keys</h3>
      <dl class="words">{keys.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <p><a href="https://doi.org/10.1145/3649329.3655951">MoNDE: Mixture of Near-Data Experts for Large-Scale Sparse Models (DAC 2024)</a></p>
    </dialog>
  );
}
