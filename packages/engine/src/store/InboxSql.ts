/** The Inbox on SQLite or Postgres. While one transaction is being written, the next one collects what arrives. */
import { Clock, Effect, Exit, Layer, Result } from "effect"
import { type Accepted, Inbox, InboxUnavailable, acceptTimeout } from "../ports/Inbox.ts"
import { groupCommit } from "../runtime/groupCommit.ts"
import { accept } from "./accept/accept.ts"
import { claiming } from "./claim/claim.ts"
import { claimers } from "./map/claimers.ts"
import { map } from "./map/map.ts"
import { receiving } from "./map/received.ts"
import { checking } from "./rows/check.ts"
import { counting } from "./rows/counting.ts"
import { maxRowsPerStep } from "./rows/store.ts"
import { toInboxUnavailable } from "./rows/transaction.ts"
import { searching } from "./search/search.ts"
import { settle } from "./settle/settle.ts"
import { StoreSql } from "./StoreSql.ts"

const timeoutError = () =>
  new InboxUnavailable({ cause: { message: "no response. Check the load of the database and the network" } })

const orNotStored = (accepted: Accepted | undefined) =>
  accepted === undefined
    ? Exit.fail(
        new InboxUnavailable({
          cause: new Error("the webhook was not stored, and no earlier one matches it")
        })
      )
    : Exit.succeed(accepted)

/**
 * Serves the Inbox from the database.
 *
 * @category layers
 */
export const layer: Layer.Layer<Inbox, never, StoreSql> = Layer.effect(
  Inbox,
  Effect.gen(function* () {
    const store = yield* StoreSql
    const { within, claim, nextDue, release } = claiming(store)
    const dispatchers = claimers()
    const mapTogether = yield* groupCommit(map(store, within, dispatchers), {
      onTimeout: timeoutError,
      resultOf: Exit.succeed
    })
    const settleTogether = yield* groupCommit(settle(store), {
      onTimeout: timeoutError,
      resultOf: Result.match({ onSuccess: Exit.succeed, onFailure: Exit.fail }),
      max: maxRowsPerStep,
      sizeOf: ({ outcomes }) => outcomes.length
    })
    const count = counting(store.sql)
    const { check, note } = yield* checking(store)
    const acceptTogether = yield* groupCommit(accept(store), {
      onTimeout: timeoutError,
      timeout: acceptTimeout,
      onExit: note,
      resultOf: orNotStored
    })
    const checkTogether = yield* groupCommit(check, {
      onTimeout: timeoutError,
      timeout: acceptTimeout,
      resultOf: Exit.succeed
    })

    return Inbox.of({
      accept: acceptTogether,
      countRefused: Effect.fnUntraced(function* (refused) {
        const now = yield* Clock.currentTimeMillis
        yield* count(
          Array.from(refused, ([source, times]) => ({ source, name: "refused", times })),
          now
        )
      }, toInboxUnavailable),
      received: receiving(store),
      called: searching(store).called,
      map: Effect.fn("Inbox.map")((webhook, mapped, terms) => mapTogether({ webhook, mapped, terms })),
      claim,
      nextDue,
      release,
      claimsWhileMapping: dispatchers.add,
      settle: Effect.fn("Inbox.settle")((settlement) => settleTogether(settlement)),
      signals: store.signals.subscribe,
      check: checkTogether(undefined)
    })
  })
)
