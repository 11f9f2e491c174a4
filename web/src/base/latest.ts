/** Runs the newest request only: an older one that is still running is aborted. */
export class Latest {
  private current = new AbortController();

  next(): AbortSignal {
    this.current.abort();
    this.current = new AbortController();
    return this.current.signal;
  }

  stop(): void {
    this.current.abort();
  }
}
