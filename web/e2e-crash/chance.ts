/** Chance that can be had again: the same seed gives the same walk. */
export interface Chance {
  /** From 0 up to, but not including, 1. */
  readonly next: () => number;
  readonly below: (n: number) => number;
  readonly between: (low: number, high: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    between: (low, high) => low + Math.floor(next() * (high - low)),
    pick: (from) => from[below(from.length)] as never,
  };
}

/** Points of each kind: 3, or as many as `CRASH_POINTS` says. */
export const POINTS = Number(process.env.CRASH_POINTS ?? 3);
export const SEED = Number(process.env.CRASH_SEED);
