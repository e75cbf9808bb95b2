/** The progress of long operations as a stream. */
import { Effect, Exit, Stream } from "effect"
import type { SqlError } from "effect/sql"
import type { Inbox } from "@usher/engine"
import { resultOf } from "../../AuditLog.ts"
import { sorry, unavailable } from "./problems.ts"

/**
 * Records the start of an operation and returns a stream of its progress, whose last event says so. The result is recorded
 * when the stream ends.
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
