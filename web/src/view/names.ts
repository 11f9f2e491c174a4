import type {Layer} from '../wire.gen';

/** A layer for people: "encoder block 3". The one after the last is the output head. */
export function layerName(layers: readonly Layer[], i: number): string {
  const layer = layers[i];
  return layer ? `${layer.stack} block ${layer.block}` : 'output head';
}
