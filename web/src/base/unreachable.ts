/** Makes a switch over a closed union a compile error when a kind is added. */
export function unreachable(x: never): never {
  throw new Error(`unexpected ${JSON.stringify(x)}`);
}
