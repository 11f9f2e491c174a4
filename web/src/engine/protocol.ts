// What the page and its worker say to each other.

import type {Reply, WireRequest} from '../wire.gen';
import type {Update} from './engine';

export type ToWorker =
  | {readonly kind: 'start'; readonly module: WebAssembly.Module}
  | {readonly kind: 'call'; readonly id: number; readonly request: WireRequest}
  | {readonly kind: 'attach'; readonly id: number; readonly name: string; readonly file: ArrayBuffer};

export type FromWorker =
  | {readonly kind: 'update'; readonly id: number; readonly update: Update}
  | {readonly kind: 'reply'; readonly id: number; readonly reply: Reply}
  | {readonly kind: 'done'; readonly id: number}
  | {readonly kind: 'crashed'; readonly reason: string};

/** A worker, or what stands for one in tests. */
export interface Port {
  post(message: ToWorker): void;
  listen(hear: (message: FromWorker) => void): void;
  terminate(): void;
}
