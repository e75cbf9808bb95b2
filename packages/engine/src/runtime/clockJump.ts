/** Describes a change of the clock. */
import { Duration } from "effect"

/** For example `set forward by 2h` or `set back by 1h 30m`, in whole seconds. */
export const wasSet = (millis: number): string => {
  const length = Duration.seconds(Math.max(1, Math.round(Math.abs(millis) / 1_000)))
  return `set ${millis < 0 ? "back" : "forward"} by ${Duration.format(length)}`
}
