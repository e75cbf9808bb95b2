/** The end of a simulation that found something: what it found is printed already. */
import { Data, Runtime } from "effect"

export class Failed extends Data.TaggedError("Failed") {
  override readonly [Runtime.errorReported] = false
}
