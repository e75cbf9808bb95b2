/** Whether the database can be written now: by the last webhooks, and by a probe that all who ask share. */
import { Effect, Exit } from "effect"
import { InboxUnavailable } from "../../Inbox.ts"
import { monotonic } from "../monotonic.ts"
import { probe } from "./probe.ts"
import { type Store, unavailable } from "./store.ts"

/** In milliseconds, by a clock that nobody sets: how long the result of a probe holds. */
const probePace = 5_000

/** In milliseconds: a webhook that could not be stored counts for this long, unless a later one could. */
const refusalMemory = 10_000

export const checking = ({ sql }: Store) =>
  Effect.sync(() => {
    let probed: { readonly at: number; readonly exit: Exit.Exit<void, InboxUnavailable> } | undefined
    let refused: { readonly at: number; readonly error: InboxUnavailable } | undefined

    const stayed = Effect.gen(function* () {
      const [sealed] = yield* sql<{
        message: string
      }>`SELECT value AS message FROM settings WHERE name = 'sealed'`
      if (sealed !== undefined) return yield* new InboxUnavailable({ cause: sealed })
    }).pipe(unavailable)

    const write = probe(sql).pipe(unavailable)

    /** One look for all who ask at the same time, and one write every 5 seconds. */
    const check = (asked: ReadonlyArray<void>) =>
      Effect.gen(function* () {
        const at = yield* monotonic
        if (refused !== undefined && at - refused.at < refusalMemory) return yield* refused.error
        yield* stayed
        if (probed === undefined || at - probed.at >= probePace) {
          probed = { at, exit: yield* Effect.exit(write) }
        }
        yield* probed.exit
        return asked
      }).pipe(Effect.withTracerEnabled(false))

    /** Notes what becomes of webhooks, which need more of the database than a probe does. */
    const watched =
      <A, B, R>(accept: (batch: A) => Effect.Effect<B, InboxUnavailable, R>) =>
      (batch: A) =>
        accept(batch).pipe(
          Effect.tapError((error) =>
            Effect.map(monotonic, (at) => {
              refused = { at, error }
            })
          ),
          Effect.tap(() =>
            Effect.sync(() => {
              refused = undefined
            })
          )
        )

    return { check, watched }
  })
