/** Figures over several rounds. */

/** The median, which a busy moment does not move. */
export const median = (values: ReadonlyArray<number>): number => {
  const all = values.toSorted((a, b) => a - b)
  const [low, high] = [all[Math.floor((all.length - 1) / 2)], all[Math.ceil((all.length - 1) / 2)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

/** The median of the ratios within each round, because a slow machine slows both. */
export const ratio = (values: ReadonlyArray<number>, to: ReadonlyArray<number>): number =>
  median(values.flatMap((value, round) => (to[round] === undefined ? [] : [value / to[round]])))

/** Three digits, with a separator between thousands. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return "-"
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export const whole = (value: number): string => Math.round(value).toLocaleString("en-US")

/** The median, with the lowest and the highest. */
export const spread = (values: ReadonlyArray<number>): string =>
  values.length < 2
    ? figure(median(values))
    : `${figure(median(values))} (${figure(Math.min(...values))} to ${figure(Math.max(...values))})`

/** The ratio to the floor in the same rounds, and the figure itself. */
export const beside = (values: ReadonlyArray<number>, floor: ReadonlyArray<number>): string =>
  `${figure(ratio(values, floor))} · ${spread(values)}`
