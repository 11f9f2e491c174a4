/** Why nothing can be started, and what does the same. */
export function NoServer() {
  return (
    <section class="status ask sweep-away" aria-labelledby="no-server">
      <h2 id="no-server">No server here</h2>
      <p>This page is served as files only; sweeps run on a server. Start one with <code>make run</code> and open its page, or say below what varies and take the command that does the same: <code>monde sweep</code> needs no server.</p>
    </section>
  );
}
