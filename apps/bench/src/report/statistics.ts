/** What several rounds say together. */

const sorted = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)

/** The middle of what was measured, which a busy moment does not move. */
export const median = (values: ReadonlyArray<number>): number => {
  const all = sorted(values)
  const [low, high] = [all[Math.floor((all.length - 1) / 2)], all[Math.ceil((all.length - 1) / 2)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

export const lowest = (values: ReadonlyArray<number>): number => Math.min(...values)

export const highest = (values: ReadonlyArray<number>): number => Math.max(...values)

/** Round by round, so that what slows the machine for a while slows both. */
export const ratio = (values: ReadonlyArray<number>, to: ReadonlyArray<number>): number =>
  median(values.flatMap((value, round) => (to[round] === undefined ? [] : [value / to[round]])))

/** For a person: three digits, and thousands apart. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return "-"
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export const whole = (value: number): string => Math.round(value).toLocaleString("en-US")

/** The median, and from the lowest to the highest. */
export const spread = (values: ReadonlyArray<number>): string =>
  values.length < 2
    ? figure(median(values))
    : `${figure(median(values))} (${figure(lowest(values))} to ${figure(highest(values))})`
