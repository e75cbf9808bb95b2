/** Plans and runs replays: sends the matching invitations again, in their own lane. */
import { Clock, Effect, Stream } from "effect"
import * as Search from "@usher/model/Search"
import { locking } from "../rows/locks.ts"
import * as rows from "../rows/rows.ts"
import { idsOf, type Store } from "../rows/store.ts"
import { retried, transaction, toInboxUnavailable } from "../rows/transaction.ts"
import { oldestFirst, type KeyRange } from "../rows/keyRanges.ts"
import * as conditions from "./conditions.ts"
import { remappable } from "./remapPlan.ts"

const replayLane = rows.laneNumbers.replay

export const replaying = (store: Store) => {
  const { sql, signals } = store
  const { lock, toChange } = locking(sql)
  const within = ({ above, upTo }: KeyRange) => [sql`id > ${above}`, sql`id <= ${upTo}`]

  /** An empty selection selects nothing. */
  const selected = (selection: object, table: "invitations" | "webhooks") =>
    Search.isEmpty({ ...selection }) ? Stream.empty : oldestFirst(store, table)

  /** Ended invitations that have not expired and whose person is known. */
  const sendable = (filter: Search.InvitationFilter, now: number) => [
    ...conditions.ofInvitations(store, { ...filter, status: filter.status ?? ["rejected", "exhausted"] }),
    sql`invitations.state = 'finished'`,
    sql`invitations.status <> 'corrupt'`,
    sql`invitations.expires_at > ${now}`,
    sql`EXISTS (SELECT 1 FROM people WHERE people.id = invitations.person AND people.member IS NOT NULL)`
  ]

  const plan = Effect.fnUntraced(function* (filter: Search.Selection<Search.InvitationFilter>) {
    const where = sendable(filter, yield* Clock.currentTimeMillis)
    const people = new Set<string>()
    const lives = new Set<string>()
    const sizes = new Map<string, number>()
    let invitations = 0
    yield* Stream.runForEach(selected(filter, "invitations"), (stretch) =>
      Effect.map(
        sql<Found>`SELECT person, spot, live_id, invited_by, notify FROM invitations
          WHERE ${sql.and([...within(stretch), ...where])}`,
        (found) => {
          for (const { person, spot, live_id, invited_by, notify } of found) {
            const call = JSON.stringify([spot, live_id, invited_by, Number(notify ?? -1)])
            invitations++
            people.add(person)
            lives.add(JSON.stringify([spot, live_id]))
            sizes.set(call, (sizes.get(call) ?? 0) + 1)
          }
        }
      )
    )
    const calls = Search.calls(sizes.values())
    return { invitations, people: people.size, lives: lives.size, calls, duration: Search.duration(calls) }
  }, toInboxUnavailable)

  /** Locks the people first. A person who is forgotten meanwhile is left out. */
  const replayStretch = Effect.fnUntraced(
    function* (filter: Search.Selection<Search.InvitationFilter>, stretch: KeyRange) {
      const now = yield* Clock.currentTimeMillis
      const where = sendable(filter, now)
      const found = yield* sql<{ id: string; person: string }>`SELECT id, person FROM invitations
      WHERE ${sql.and([...within(stretch), ...where])}`
      if (found.length === 0) return 0
      yield* lock(
        "people",
        found.map(({ person }) => person)
      )
      const ids = sql.in("id", idsOf(found))
      const replayed = yield* sql`WITH locked AS MATERIALIZED (SELECT id FROM invitations
        WHERE ${sql.and([ids, ...where])} ORDER BY id ${toChange})
      UPDATE invitations SET status = 'pending', state = 'available', lane = ${replayLane},
        due_at = ${now}, requested_at = ${now}, received_at = ${now}, attempts = 0, settled_at = NULL
      WHERE id IN (SELECT id FROM locked) RETURNING id`
      return replayed.length
    },
    transaction(sql),
    toInboxUnavailable
  )

  const replay = (filter: Search.Selection<Search.InvitationFilter>) =>
    Stream.mapEffect(selected(filter, "invitations"), (stretch) =>
      Effect.tap(replayStretch(filter, stretch), (count) =>
        count > 0 ? signals.publish("due") : Effect.void
      )
    )

  const remap = (filter: Search.Selection<Search.WebhookFilter>) =>
    Stream.mapEffect(selected(filter, "webhooks"), (stretch) =>
      Effect.gen(function* () {
        const where = conditions.ofWebhooks(store, { ...filter, status: filter.status ?? ["unmappable"] })
        const again = yield* sql`WITH locked AS MATERIALIZED (SELECT id FROM webhooks
            WHERE ${sql.and([...within(stretch), ...where, sql.in("status", remappable)])} ORDER BY id ${toChange})
          UPDATE webhooks SET status = 'received', reason = NULL, lane = ${replayLane}
          WHERE id IN (SELECT id FROM locked) RETURNING id`.pipe(retried)
        if (again.length > 0) yield* signals.publish("received")
        return again.length
      }).pipe(toInboxUnavailable)
    )

  return { plan, replay, remap }
}

interface Found {
  readonly person: string
  readonly spot: string
  readonly live_id: string
  readonly invited_by: string | null
  readonly notify: number | null
}
