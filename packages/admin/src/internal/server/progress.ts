/** Work in steps, as a stream that says how far it is. */
import { Effect, Exit, Stream } from "effect"
import type * as Progress from "../../Progress.ts"
import { resultOf } from "../../AuditLog.ts"

/** Each step says how many it did; the last one says that it is the last. What became of it goes to `end`. */
export const progress = <E>(
  steps: Stream.Stream<number, E>,
  end: (result: string) => Effect.Effect<void>
): Stream.Stream<Progress.Progress, E> =>
  Stream.suspend(() => {
    let done = 0
    return steps.pipe(
      Stream.map((count) => ({ done: (done += count), total: null, ended: false })),
      Stream.concat(Stream.sync(() => ({ done, total: null, ended: true }))),
      Stream.onExit((exit) => end(`${resultOf(Exit.asVoid(exit))}: ${done}`))
    )
  })
