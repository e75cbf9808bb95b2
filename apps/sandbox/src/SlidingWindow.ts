/**
 * How many times fall into a stretch of time that slides with them, exact to the millisecond. It holds two numbers for
 * each millisecond of one stretch in which something came, however much came in it and however much came before.
 */

/** A stretch of `millis` holds its beginning, and not its end: what comes `millis` later is in another. */
export const make = (millis: number) => {
  let times: Array<number> = []
  let counts: Array<number> = []
  let first = 0
  let held = 0
  let most = 0

  const leave = (time: number) => {
    while ((times[first] ?? Infinity) + millis <= time) held -= counts[first++] ?? 0
    if (first < 1024 || first <= times.length / 2) return
    times = times.slice(first)
    counts = counts.slice(first)
    first = 0
  }

  return {
    /** Counts one more at `time`, which is never before the last. */
    add: (time: number) => {
      leave(time)
      const last = times.length - 1
      if (last >= first && time <= (times[last] ?? time)) {
        counts[last] = (counts[last] ?? 0) + 1
      } else {
        times.push(time)
        counts.push(1)
      }
      most = Math.max(most, ++held)
    },
    /** How many are in the stretch that ends with `time`. */
    count: (time: number) => {
      leave(time)
      return held
    },
    /** Milliseconds from `time` until the oldest of them has left the stretch; 0 when there is none. */
    oldestLeavesIn: (time: number) => {
      leave(time)
      return Math.max(0, (times[first] ?? -Infinity) + millis - time)
    },
    /** The highest number that any stretch ever held. */
    most: () => most,
    /** Of how many milliseconds it holds the count; it forgets in large pieces. */
    remembered: () => times.length,
    clear: () => {
      times = []
      counts = []
      first = held = most = 0
    }
  }
}
