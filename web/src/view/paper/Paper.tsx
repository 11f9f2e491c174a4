/** To come. */
export function PaperView() {
  return <main id="results" class="results alone" tabIndex={-1} />;
}
