/** Work in steps, as a stream that says how far it is. */
import { Effect, Exit, Stream } from "effect"
import type { SqlError } from "effect/sql"
import type { Inbox } from "@usher/engine"
import { resultOf } from "../../AuditLog.ts"
import { sorry, unavailable } from "./problems.ts"

/**
 * Records the beginning of work, and answers with a stream of how many are done. The last step says that it is the last.
 * The result is recorded when the stream ends.
 */
export const progress = <R>(
  steps: Stream.Stream<number, Inbox.InboxUnavailable>,
  begin: Effect.Effect<(result: string) => Effect.Effect<void>, SqlError.SqlError, R>
) =>
  Effect.map(begin, (end) =>
    Stream.suspend(() => {
      let done = 0
      return steps.pipe(
        Stream.map((count) => ({ done: (done += count), total: null, ended: false })),
        Stream.concat(Stream.sync(() => ({ done, total: null, ended: true }))),
        Stream.onExit((exit) => end(`${resultOf(Exit.asVoid(exit))}: ${done}`)),
        Stream.mapError(sorry)
      )
    })
  ).pipe(unavailable)
