/** The simulation found a violation, which it has already printed. */
import { Data, Runtime } from "effect"

export class Failed extends Data.TaggedError("Failed") {
  override readonly [Runtime.errorReported] = false
}
