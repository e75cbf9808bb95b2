/** Plans and runs cancellations: pending invitations that are not sent any more. */
import { Clock, DateTime, Effect, Stream } from "effect"
import * as Search from "@usher/model/Search"
import type { CancelOptions } from "../../ports/Operations.ts"
import { counting } from "../rows/counting.ts"
import type { KeyRange } from "../rows/keyRanges.ts"
import { locking } from "../rows/locks.ts"
import { text, type Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { type Change, committed } from "./change.ts"
import * as conditions from "./conditions.ts"
import { selecting } from "./selecting.ts"
import * as waiting from "./waiting.ts"

type Selection = Search.Selection<Search.InvitationFilter> & conditions.ByKey

export const cancelling = (store: Store) => {
  const { sql, events, countTerminal } = store
  const { toChange } = locking(sql)
  const count = counting(sql)
  const { count: countRows } = waiting.counting(sql)
  const { batchesOf, within, pinned } = selecting(store)

  /** Every request of an open invitation sets `requested_at`: its creation, a replay, and a later webhook. */
  const matching = (selection: Selection) => [
    ...conditions.ofInvitations(store, selection),
    ...pinned(selection, "invitations.requested_at")
  ]

  /** Counts the webhooks that may still create invitations of this selection. */
  const unmappedOf = Effect.fnUntraced(function* (selection: Selection) {
    const { ids, webhook, person, personKey, source } = selection
    if (Search.isEmpty({ ...selection }) || (ids ?? webhook ?? person ?? personKey) !== undefined) return 0
    const ofSource = source === undefined ? sql.literal("1 = 1") : sql`source = ${source}`
    const received = yield* countRows("webhooks", sql`status = 'received' AND ${ofSource}`)
    return received + (yield* countRows("webhooks", sql`status = 'held' AND ${ofSource}`))
  })

  const cancelPlan = Effect.fnUntraced(function* (selection: Selection) {
    const asOf = yield* DateTime.now
    const where = [...matching({ ...selection, asOf }), sql`invitations.status IN ('pending', 'sending')`]
    const people = new Set<string>()
    const lives = new Set<string>()
    let [invitations, sending] = [0, 0]
    yield* Stream.runForEach(batchesOf(selection, "invitations"), (batch) =>
      Effect.map(
        sql<{
          person: string
          spot: string
          live_id: string
          status: string
        }>`SELECT person, spot, live_id, status FROM invitations WHERE ${sql.and([...within(batch), ...where])}`,
        (found) => {
          for (const { person, spot, live_id, status } of found) {
            if (status === "sending") sending++
            else {
              invitations++
              people.add(person)
              lives.add(JSON.stringify([spot, live_id]))
            }
          }
        }
      )
    )
    const unmapped = yield* unmappedOf(selection)
    return { invitations, people: people.size, lives: lives.size, sending, unmapped, asOf }
  }, toInboxUnavailable)

  const cancelBatch = Effect.fnUntraced(function* (selection: Selection, by: string, batch: KeyRange) {
    const now = yield* Clock.currentTimeMillis
    const where = [...within(batch), ...matching(selection), sql`invitations.status = 'pending'`]
    const cancelled = yield* sql<{
      id: string
      source: string
      spot: string
      liveId: string
    }>`WITH locked AS MATERIALIZED (SELECT id FROM invitations WHERE ${sql.and(where)} ORDER BY id ${toChange})
        UPDATE invitations SET status = 'cancelled', state = 'finished', settled_at = ${now}, cancelled_by = ${text(by)}
        WHERE id IN (SELECT id FROM locked) RETURNING id, source, spot, live_id AS "liveId"`
    yield* count(
      cancelled.map(({ source }) => ({ source, name: "cancelled" })),
      now
    )
    const announce = Effect.suspend(() => {
      for (const { spot } of cancelled) countTerminal(spot, "cancelled", 1)
      return events.emit(() =>
        cancelled.map(({ id, spot, liveId }) => ({
          type: "invitation",
          id,
          spot,
          liveId,
          status: "cancelled"
        }))
      )
    })
    return { count: cancelled.length, announce } satisfies Change
  })

  const cancel = (selection: Selection, { by }: CancelOptions) =>
    Stream.mapEffect(batchesOf(selection, "invitations"), (batch) =>
      committed(sql)(cancelBatch(selection, by, batch))
    )

  return { cancelPlan, cancel, cancelBatch }
}
