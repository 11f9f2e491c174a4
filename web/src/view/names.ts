import type {Kind, Layer} from '../wire.gen';

/** A layer for people: "encoder block 3". The one after the last is the output head. */
export function layerName(layers: readonly Layer[], i: number): string {
  const layer = layers[i];
  return layer ? `${layer.stack} block ${layer.block}` : 'output head';
}

/** How well a number is known, for people. */
export const kinds: Readonly<Record<Kind, string>> = {
  measured: 'measured',
  fitted: 'fitted to measurements',
  datasheet: 'data sheet',
  paper: 'paper',
  derived: 'derived',
  assumed: 'assumed',
  user: 'set by you',
  simulated: 'simulated only',
};
