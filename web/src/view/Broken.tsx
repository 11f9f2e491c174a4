/** What is left of the page when the simulator cannot start. */
export function Broken({reason}: {readonly reason: string}) {
  return (
    <main class="broken" aria-live="assertive">
      <h1>MoNDE Playground</h1>
      <p>The simulator did not start: {reason}</p>
      <p>It needs WebAssembly and module workers. <a href=".">Load the page again</a>.</p>
    </main>
  );
}
