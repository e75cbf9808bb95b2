/** Which of many alike is worth a line of the log: the first, and then one a minute. */

/** In milliseconds. */
const minute = 60_000

/** More keys are not remembered. */
const maxKeys = 1_000

/** How many have come since the last line, this one included; 0 while it is too soon for another one. */
export type Repeats = (key: string, now: number) => number

export const make = (): Repeats => {
  const seen = new Map<string, { at: number; times: number }>()
  return (key, now) => {
    const known = seen.get(key)
    if (known !== undefined && now - known.at < minute) {
      known.times++
      return 0
    }
    seen.delete(key)
    seen.set(key, { at: now, times: 0 })
    for (const oldest of seen.keys()) {
      if (seen.size <= maxKeys) break
      seen.delete(oldest)
    }
    return (known?.times ?? 0) + 1
  }
}
