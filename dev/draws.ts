/** A whole number from 0 up to, not including, `below`. */
export type Draw = (below: number) => number;

/** Numbers from 0 up to, not including, 1: the same for the same seed (mulberry32), so that a failure can be run again. */
export function fractionsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function drawsFrom(seed: number): Draw {
  const fraction = fractionsFrom(seed);
  return (below) => Math.floor(fraction() * below);
}
