/** How a clock that was set is described. */
import { Duration } from "effect"

/** `set forward by 2h`, `set back by 1h 30m`; in whole seconds. */
export const wasSet = (millis: number): string => {
  const length = Duration.seconds(Math.max(1, Math.round(Math.abs(millis) / 1_000)))
  return `set ${millis < 0 ? "back" : "forward"} by ${Duration.format(length)}`
}
