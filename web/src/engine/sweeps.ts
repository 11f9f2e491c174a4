// What the server does with sweeps, over the engine that speaks to it.

import type {RowsPage, SweepAsk, SweepList, SweepState} from '../wire.gen';
import type {Update} from './engine';
import type {ServerEngine} from './server';

/** A file of results. */
export type Format = 'csv' | 'jsonl' | 'parquet';

const path = (id: string) => `/api/v1/sweeps/${encodeURIComponent(id)}`;

/** Where a sweep's results are to be had as a file, beside the page. */
export const resultsAddress = (id: string, format: Format) => `.${path(id)}/results?format=${format}`;

/** Starts, watches and reads sweeps on the server. Every promise rejects with a Refusal. */
export class ServerSweeps {
  constructor(private readonly server: Pick<ServerEngine, 'ask' | 'follow' | 'putTrace'>) {}

  /** Starts a sweep. Asking again with the same key gives the same one. */
  start(ask: SweepAsk, key: string): Promise<SweepState> {
    return this.server.ask('/api/v1/sweeps', {
      method: 'POST', headers: {'content-type': 'application/json', 'idempotency-key': key}, body: JSON.stringify(ask),
    });
  }

  state(id: string): Promise<SweepState> {
    return this.server.ask(path(id));
  }

  cancel(id: string): Promise<SweepState> {
    return this.server.ask(path(id), {method: 'DELETE'});
  }

  /** The newest ones. */
  list(limit: number): Promise<SweepList> {
    return this.server.ask(`/api/v1/sweeps?limit=${limit}`);
  }

  /** Rows by their index, from one on. */
  rows(id: string, from: number, limit: number): Promise<RowsPage> {
    return this.server.ask(`${path(id)}/rows?from=${from}&limit=${limit}`);
  }

  /** Follows a sweep from its beginning. */
  watch(id: string, signal: AbortSignal): AsyncIterable<Update> {
    return this.server.follow('sweeps', id, signal);
  }

  putTrace(name: string, file: ArrayBuffer, signal: AbortSignal): Promise<void> {
    return this.server.putTrace(name, file, signal);
  }
}
