/** The only source of randomness in a run. Equal seeds give equal draws. */
export interface Seed {
  /** A number from 0 to 1, without 1. */
  readonly next: () => number
  /** An integer from `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number
  /** `true` with this probability. */
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(options: readonly [A, ...ReadonlyArray<A>]) => A
  readonly bytes: (size: number) => Uint8Array
  /** Another source, so that the draws for one purpose don't change those for another. */
  readonly fork: (salt: number) => Seed
}

/** Mulberry32, with 32 bits of state. */
export const make = (seed: number): Seed => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (options) => options[between(0, options.length - 1)] ?? options[0],
    bytes: (size) => Uint8Array.from({ length: size }, () => between(0, 255)),
    fork: (salt) => make(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + salt)
  }
}
