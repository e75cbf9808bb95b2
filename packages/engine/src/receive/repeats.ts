/** Limits repeated log lines to the first and then one per minute. */

/** In milliseconds. */
const minute = 60_000

/** The maximum number of keys to remember. */
const maxKeys = 1_000

/** Returns how many events came since the last line, including this one. 0: too early for another line. */
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
    const [oldest] = seen.size > maxKeys ? seen.keys() : []
    if (oldest !== undefined) seen.delete(oldest)
    return (known?.times ?? 0) + 1
  }
}
