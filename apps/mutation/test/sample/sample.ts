/** Code with a few places for faults: the tests beside it notice some of them. */

const largest = 3

export const isAllowed = (count: number): boolean => count > 0 && count < largest

/** Its order is tested by nobody. */
export const sorted = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  numbers.toSorted((a, b) => a - b)

/** Asks again and again. */
export const whenAtLeast = async (count: number, next: () => Promise<number>): Promise<number> =>
  (await next()) >= count ? count : whenAtLeast(count, next)
