/** Sending again what a filter finds, in a lane of its own; and first, what that would mean. */
import { Clock, Effect, Stream } from "effect"
import * as Search from "../../Search.ts"
import * as conditions from "./conditions.ts"
import * as rows from "./rows.ts"
import { type Store, unavailable } from "./store.ts"
import { oldestFirst, type Stretch } from "./walk.ts"

const replayLane = rows.laneNumber("replay")

export const replaying = (store: Store) => {
  const { sql, signals } = store
  const within = ({ above, upTo }: Stretch) => [sql`id > ${above}`, sql`id <= ${upTo}`]

  /** An empty selection selects nothing. */
  const selected = (selection: object, table: "invitations" | "webhooks") =>
    Search.isEmpty({ ...selection }) ? Stream.empty : oldestFirst(store, table)

  /** What has ended, may still be sent, and whose person is known. */
  const sendable = (filter: Search.InvitationFilter, now: number) => [
    ...conditions.ofInvitations(store, { ...filter, status: filter.status ?? ["rejected", "exhausted"] }),
    sql`invitations.ready IS NULL`,
    sql`invitations.status <> 'corrupt'`,
    sql`invitations.expires_at > ${now}`,
    sql`EXISTS (SELECT 1 FROM people WHERE people.id = invitations.person AND people.member IS NOT NULL)`
  ]

  const plan = Effect.fnUntraced(function* (filter: Search.Selection<Search.InvitationFilter>) {
    const where = sendable(filter, yield* Clock.currentTimeMillis)
    const people = new Set<string>()
    const lives = new Set<string>()
    const together = new Map<string, number>()
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
            together.set(call, (together.get(call) ?? 0) + 1)
          }
        }
      )
    )
    const calls = Search.calls(together.values())
    return { invitations, people: people.size, lives: lives.size, calls, duration: Search.duration(calls) }
  })

  const replay = (filter: Search.Selection<Search.InvitationFilter>) =>
    Stream.mapEffect(selected(filter, "invitations"), (stretch) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const replayed =
          yield* sql`UPDATE invitations SET status = 'pending', ready = 1, lane = ${replayLane},
          due_at = ${now}, asked_at = ${now}, received_at = ${now}, attempts = 0, settled_at = NULL
          WHERE ${sql.and([...within(stretch), ...sendable(filter, now)])} RETURNING id`
        if (replayed.length > 0) yield* signals.publish("due")
        return replayed.length
      }).pipe(unavailable)
    )

  const remap = (filter: Search.Selection<Search.WebhookFilter>) =>
    Stream.mapEffect(selected(filter, "webhooks"), (stretch) =>
      Effect.gen(function* () {
        const where = conditions.ofWebhooks(store, { ...filter, status: filter.status ?? ["unmappable"] })
        const again = yield* sql`UPDATE webhooks SET status = 'received', reason = NULL, lane = ${replayLane}
          WHERE ${sql.and([...within(stretch), ...where, sql`status IN ('unmappable', 'ignored', 'mapped')`])} RETURNING id`
        if (again.length > 0) yield* signals.publish("received")
        return again.length
      }).pipe(unavailable)
    )

  return {
    plan: (filter: Search.Selection<Search.InvitationFilter>) => unavailable(plan(filter)),
    replay,
    remap
  }
}

interface Found {
  readonly person: string
  readonly spot: string
  readonly live_id: string
  readonly invited_by: string | null
  readonly notify: number | null
}
