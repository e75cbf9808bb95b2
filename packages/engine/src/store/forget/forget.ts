/**
 * Forgets a person: deletes their address, attempts and bodies. A keyed hash remains, so that duplicates are still
 * recognized. The plan and the deletion use the same search.
 */
import { Effect, Semaphore, Stream } from "effect"
import type { SqlError } from "effect/sql"
import type { Forgotten } from "@usher/model/Forgotten"
import type { ForgetOptions, NotAPerson } from "../../ports/Forgetting.ts"
import type { InboxUnavailable } from "../../ports/Inbox.ts"
import type { Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { beside, type Findings } from "./beside.ts"
import { add, none } from "./counts.ts"
import { linkedWebhooks, quarantined, webhooks } from "./deliveries.ts"
import { findOwn, forgetOwn, type Own } from "./invitations.ts"
import { type Subject, subjectOf } from "./subject.ts"

export const forgetting = (store: Store) => {
  // Each call reads the whole database.
  const alone = Semaphore.makeUnsafe(1)

  const findingsOf = ({ mention }: Subject, own: Own): Findings =>
    mention === undefined
      ? linkedWebhooks(store, own)
      : webhooks(store, mention, own).pipe(
          Stream.concat(quarantined(store, mention)),
          Stream.concat(beside(store, mention, own))
        )

  const run = Effect.fnUntraced(function* (
    given: string,
    memberIds: ReadonlyArray<RegExp>,
    takes: boolean
  ): Effect.fn.Return<Forgotten, NotAPerson | SqlError.SqlError> {
    const subject = yield* subjectOf(store, given, memberIds)
    const own = yield* findOwn(store, subject)
    if (takes) for (const spot of yield* forgetOwn(store, own)) store.countTerminal(spot, "cancelled", 1)
    const counts = yield* findingsOf(subject, own).pipe(
      Stream.mapEffect(({ counts, take }) => (takes ? Effect.as(take, counts) : Effect.succeed(counts))),
      Stream.runFold(() => add(none, own.counts), add)
    )
    return { ...counts, ...(own.forgottenAt === null ? {} : { forgottenAt: own.forgottenAt }) }
  })

  const call =
    (takes: boolean) =>
    (
      given: string,
      { memberIds = [] }: ForgetOptions = {}
    ): Effect.Effect<Forgotten, InboxUnavailable | NotAPerson> =>
      run(given, memberIds, takes).pipe(alone.withPermits(1), toInboxUnavailable)

  return { forget: call(true), forgetPlan: call(false) }
}
