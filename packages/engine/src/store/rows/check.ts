/** Checks whether the database can be written: by the last webhooks, and by a probe that concurrent callers share. */
import { Clock, Effect, Exit, Option } from "effect"
import { SqlError } from "effect/sql"
import { InboxUnavailable } from "../../ports/Inbox.ts"
import { monotonic, monotonicUnsafe } from "../../runtime/monotonic.ts"
import { probe } from "./probe.ts"
import type { Store } from "./store.ts"
import { toInboxUnavailable } from "./transaction.ts"

/** The minimum time between two probes, in milliseconds of monotonic time. */
const probePace = 5_000

/** A webhook that could not be stored makes the check fail for this long, in milliseconds, unless a later one is stored. */
const refusalMemory = 10_000

/** A lock is short, and a probe detects it as well as a webhook does. A nearly full disk may still accept a probe. */
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

    /**
     * Reads once for all concurrent callers, and writes at most every 5 seconds. A failed probe does not count as
     * written.
     */
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
      }).pipe(toInboxUnavailable, Effect.withTracerEnabled(false))

    /** Notes the result of storing webhooks, which need more of the database than a probe does. */
    const note = (exit: Exit.Exit<unknown, InboxUnavailable>) => {
      if (Exit.isSuccess(exit)) refused = undefined
      const error = Option.getOrUndefined(Exit.findErrorOption(exit))
      if (error !== undefined) refused = { at: monotonicUnsafe(clock), error }
    }

    return Effect.succeed({ check, note })
  })
