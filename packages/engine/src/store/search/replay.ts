/** Plans and runs replays: sends the matching invitations again, in their own lane, or maps webhooks again. */
import { Clock, DateTime, Duration, Effect, Stream } from "effect"
import * as Calls from "@usher/model/Calls"
import { DeadLetterStatus, ReplayableStatus } from "@usher/model/Invitation"
import type * as Search from "@usher/model/Search"
import type { Signal } from "../../ports/Signals.ts"
import { locking } from "../rows/locks.ts"
import * as rows from "../rows/rows.ts"
import { idsOf, type Store, unread } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import type { KeyRange } from "../rows/keyRanges.ts"
import { type Change, committed, none } from "./change.ts"
import * as conditions from "./conditions.ts"
import { selecting } from "./selecting.ts"

type Invitations = Search.Selection<Search.InvitationFilter> & conditions.ByKey
type Webhooks = Search.Selection<Search.WebhookFilter> & conditions.ByKey

/** For how long a replay believes that a Live has begun. */
const recently = Duration.toMillis("1 minute")

const replayLane = rows.laneNumbers.replay

export const replaying = (store: Store) => {
  const { sql, signals } = store
  const { lock, toChange } = locking(sql)
  const { batchesOf, within, pinned } = selecting(store)

  /**
   * When an invitation expires. One that expires with its Live follows the beginning that was read last. A Live that has
   * begun may have been put off since, and is read first.
   */
  const deadlineAt = (
    now: number
  ) => sql`CASE WHEN invitations.expires_with_live = 0 THEN invitations.expires_at ELSE COALESCE((
    SELECT CASE WHEN read_at IS NULL OR (starts_at <= ${now} AND read_at <= ${now - recently}) THEN ${unread} ELSE starts_at END
    FROM lives WHERE lives.spot = invitations.spot AND lives.live_id = invitations.live_id
  ), invitations.expires_at) END`

  const isAhead = (now: number) => {
    const deadline = deadlineAt(now)
    return sql`(${deadline} > ${now} OR ${deadline} = ${unread})`
  }

  /** Ended invitations whose deadline has not come and whose person is known. */
  const sendable = (filter: Invitations, now: number) => [
    ...conditions.ofInvitations(store, { ...filter, status: filter.status ?? usualOf(filter) }),
    ...pinned(filter, "invitations.settled_at"),
    sql`invitations.state = 'finished'`,
    sql`invitations.status <> 'corrupt'`,
    isAhead(now),
    sql`EXISTS (SELECT 1 FROM people WHERE people.id = invitations.person AND people.member IS NOT NULL)`
  ]

  const plan = Effect.fnUntraced(function* (
    filter: Search.Selection<Search.InvitationFilter>,
    terms: ReadonlyMap<string, Calls.Terms> = new Map()
  ) {
    const asOf = yield* DateTime.now
    const where = sendable({ ...filter, asOf }, DateTime.toEpochMillis(asOf))
    const people = new Set<string>()
    const lives = new Set<string>()
    const sizes = new Map<string, Map<string, number>>()
    let [invitations, parked] = [0, 0]
    yield* Stream.runForEach(batchesOf(filter, "invitations"), (stretch) =>
      Effect.map(
        sql<Found>`SELECT person, spot, live_id, invited_by, notify, EXISTS (SELECT 1 FROM parked_lives
            WHERE parked_lives.spot = invitations.spot AND parked_lives.live_id = invitations.live_id) AS parked
          FROM invitations
          WHERE ${sql.and([...within(stretch), ...where])}`,
        (found) => {
          for (const { person, spot, live_id, invited_by, notify, parked: isParked } of found) {
            const call = JSON.stringify([live_id, invited_by, Number(notify ?? -1)])
            const ofSpot = sizes.get(spot) ?? new Map<string, number>()
            invitations++
            if (isParked) parked++
            people.add(person)
            lives.add(JSON.stringify([spot, live_id]))
            sizes.set(spot, ofSpot.set(call, (ofSpot.get(call) ?? 0) + 1))
          }
        }
      )
    )
    const bySpot = Array.from(sizes, ([spot, together]) => {
      const { batchSize, limits } = terms.get(spot) ?? Calls.documented
      const calls = Calls.count(together.values(), batchSize)
      return { calls, duration: Calls.duration(calls, limits) }
    })
    return {
      invitations,
      people: people.size,
      lives: lives.size,
      spots: Array.from(sizes.keys()).toSorted(),
      parked,
      calls: bySpot.reduce((sum, { calls }) => sum + calls, 0),
      // Each Spot has a budget of its own.
      duration: bySpot.reduce((longest, { duration }) => Duration.max(longest, duration), Duration.zero),
      asOf
    }
  }, toInboxUnavailable)

  /** Locks the people first. A person who is forgotten meanwhile is left out. */
  const replayBatch = Effect.fnUntraced(function* (filter: Invitations, batch: KeyRange) {
    const now = yield* Clock.currentTimeMillis
    const where = sendable(filter, now)
    const found = yield* sql<{ id: string; person: string }>`SELECT id, person FROM invitations
      WHERE ${sql.and([...within(batch), ...where])}`
    if (found.length === 0) return none
    yield* lock(
      "people",
      found.map(({ person }) => person)
    )
    const ids = sql.in("id", idsOf(found))
    const replayed = yield* sql`WITH locked AS MATERIALIZED (SELECT id FROM invitations
        WHERE ${sql.and([ids, ...where])} ORDER BY id ${toChange})
      UPDATE invitations SET status = 'pending', state = 'available', lane = ${replayLane},
        due_at = ${now}, requested_at = ${now}, received_at = ${now}, attempts = 0, settled_at = NULL, cancelled_by = NULL,
        expires_at = ${deadlineAt(now)}, expires_with_live = CASE WHEN expires_with_live = 0 THEN 0 ELSE 1 END
      WHERE id IN (SELECT id FROM locked) RETURNING id`
    return changeOf(replayed, "due")
  })

  const changeOf = ({ length: count }: ReadonlyArray<unknown>, signal: Signal): Change =>
    count === 0 ? none : { count, announce: signals.publish(signal) }

  const replay = (filter: Search.Selection<Search.InvitationFilter>) =>
    Stream.mapEffect(batchesOf(filter, "invitations"), (batch) => committed(sql)(replayBatch(filter, batch)))

  /** Mapped webhooks whose bodies are kept. */
  const mappable = (filter: Webhooks) => [
    ...conditions.ofWebhooks(store, { ...filter, status: filter.status ?? ["unmappable"] }),
    ...pinned(filter, "webhooks.mapped_at"),
    sql`webhooks.status IN ('unmappable', 'ignored', 'mapped')`
  ]

  const remapPlan = Effect.fnUntraced(function* (filter: Search.Selection<Search.WebhookFilter>) {
    const asOf = yield* DateTime.now
    const where = mappable({ ...filter, asOf })
    let [webhooks, invitations] = [0, 0]
    yield* Stream.runForEach(batchesOf(filter, "webhooks"), (stretch) =>
      Effect.map(
        sql<{
          links: number
        }>`SELECT (SELECT count(*) FROM webhook_invitations WHERE webhook_id = webhooks.id) AS links
          FROM webhooks WHERE ${sql.and([...within(stretch), ...where])}`,
        (found) => {
          for (const { links } of found) {
            webhooks++
            invitations += links
          }
        }
      )
    )
    return { webhooks, invitations, asOf }
  }, toInboxUnavailable)

  const remapBatch = Effect.fnUntraced(function* (filter: Webhooks, batch: KeyRange) {
    const now = yield* Clock.currentTimeMillis
    const again = yield* sql`WITH locked AS MATERIALIZED (SELECT id FROM webhooks
          WHERE ${sql.and([...within(batch), ...mappable(filter)])} ORDER BY id ${toChange})
        UPDATE webhooks SET status = 'received', reason = NULL, lane = ${replayLane}, queued_at = ${now}
        WHERE id IN (SELECT id FROM locked) RETURNING id`
    return changeOf(again, "received")
  })

  const remap = (filter: Search.Selection<Search.WebhookFilter>) =>
    Stream.mapEffect(batchesOf(filter, "webhooks"), (batch) => committed(sql)(remapBatch(filter, batch)))

  return { plan, replay, replayBatch, remapPlan, remap, remapBatch }
}

/** Without statuses: by the id of an invitation or of its webhook, all that were not sent; else the dead letters. */
const usualOf = ({ ids, webhook }: Invitations) =>
  (ids === undefined && webhook === undefined ? DeadLetterStatus : ReplayableStatus).literals

interface Found {
  readonly person: string
  readonly spot: string
  readonly live_id: string
  readonly invited_by: string | null
  readonly notify: number | null
  /** 1 for true in SQLite. */
  readonly parked: number | boolean
}
