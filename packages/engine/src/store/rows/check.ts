/** Whether the database can be written now: by the last webhooks, and by a probe that all who ask share. */
import { Clock, Effect, Exit, Option } from "effect"
import { SqlError } from "effect/sql"
import { InboxUnavailable } from "../../ports/Inbox.ts"
import { monotonic, monotonicUnsafe } from "../../runtime/monotonic.ts"
import { probe } from "./probe.ts"
import type { Store } from "./store.ts"
import { unavailable } from "./transaction.ts"

/** In milliseconds, by a clock that nobody sets: a probe that has written is not followed by another one for so long. */
const probePace = 5_000

/** In milliseconds: a webhook that could not be stored counts for this long, unless a later one could. */
const refusalMemory = 10_000

/** A lock is gone in a moment, and a probe finds out as well as a webhook. A disk with little room takes a probe now and then. */
const isLock = ({ cause }: InboxUnavailable) =>
  SqlError.isSqlError(cause) && cause.reason._tag === "LockTimeoutError"

export const checking = ({ sql }: Store) =>
  Clock.clockWith((clock) => {
    let writtenAt = -Infinity
    let refused: { readonly at: number; readonly error: InboxUnavailable } | undefined

    const stayed = Effect.gen(function* () {
      const [sealed] = yield* sql<{
        message: string
      }>`SELECT value AS message FROM settings WHERE name = 'sealed'`
      if (sealed !== undefined) return yield* new InboxUnavailable({ cause: sealed })
    })

    /** One look for all who ask at the same time, and one write every 5 seconds. What fails has not written. */
    const check = (asked: ReadonlyArray<void>) =>
      Effect.gen(function* () {
        const at = yield* monotonic
        const isRested = at - writtenAt >= probePace
        if (refused !== undefined && at - refused.at < refusalMemory) {
          if (!isLock(refused.error) || !isRested) return yield* refused.error
        }
        yield* stayed
        if (isRested) {
          yield* probe(sql)
          writtenAt = at
          refused = undefined
        }
        return asked
      }).pipe(unavailable, Effect.withTracerEnabled(false))

    /** Notes what becomes of webhooks, which need more of the database than a probe does. */
    const note = (exit: Exit.Exit<unknown, InboxUnavailable>) => {
      if (Exit.isSuccess(exit)) refused = undefined
      const error = Option.getOrUndefined(Exit.findErrorOption(exit))
      if (error !== undefined) refused = { at: monotonicUnsafe(clock), error }
    }

    return Effect.succeed({ check, note })
  })
