/**
 * An exact sliding window of events, to the millisecond. It stores two numbers for each millisecond with an event, however
 * many events there are.
 */

/** Makes a window of `millis` milliseconds. An event exactly `millis` later is outside of it. */
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
    /** Counts an event at `time`, which is never before the last one. */
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
    /** The number of events in the window that ends at `time`. */
    count: (time: number) => {
      leave(time)
      return held
    },
    /** The milliseconds from `time` until the oldest event leaves the window. 0 without events. */
    oldestLeavesIn: (time: number) => {
      leave(time)
      return Math.max(0, (times[first] ?? -Infinity) + millis - time)
    },
    /** The maximum number of events that a window ever had. */
    most: () => most,
    /** The number of stored milliseconds. Old ones are deleted in large pieces. */
    remembered: () => times.length,
    clear: () => {
      times = []
      counts = []
      first = held = most = 0
    }
  }
}
