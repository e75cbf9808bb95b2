/** Maps webhooks to invitations: one for each person and Live of a Spot, whichever webhooks request it. */
import { Array, Cause, Clock, Effect } from "effect"
import type { Event } from "@usher/model/Event"
import type { ClaimOptions } from "../../ports/Claiming.ts"
import type { Within } from "../claim/claim.ts"
import { beginnings } from "../lives/beginnings.ts"
import { counting } from "../rows/counting.ts"
import { inOrder, locking } from "../rows/locks.ts"
import { chunks, type Columns, inserting } from "../rows/manyRows.ts"
import * as rows from "../rows/rows.ts"
import { millis, type Store } from "../rows/store.ts"
import { transaction, toInboxUnavailable } from "../rows/transaction.ts"
import type { Claimers } from "./claimers.ts"
import { endingWebhooks } from "./endWebhooks.ts"
import type { Item } from "./Item.ts"
import {
  type Asked,
  changeOf,
  endOf,
  type Existing,
  type InvitationRequest,
  isRepeat,
  keyOf,
  keyOfRow,
  requestsOf,
  rowOf,
  since
} from "./requests.ts"

const people: Columns<{ readonly id: string; readonly member: string | undefined }> = {
  id: ["TEXT", ({ id }) => id],
  member: ["TEXT", ({ member }) => member]
}

/**
 * Maps a batch of webhooks in one transaction. Webhooks that are no longer `received` stay as they are. The locks follow
 * `locks.ts`.
 */
export const map = (
  { sql, random, signals, events, personOf }: Store,
  within: Within,
  claimers: Claimers
) => {
  const count = counting(sql)
  const { toChange } = locking(sql)
  const webhooks = endingWebhooks(sql)
  const readBeginnings = beginnings(sql)
  const insertPeople = inserting(sql, "people", people)

  const write = Effect.fnUntraced(function* (batch: ReadonlyArray<Item>) {
    const now = yield* Clock.currentTimeMillis
    const { received: items, leaving } = yield* webhooks.end(batch, now)
    const asked = items.flatMap(requestsOf)
    const beginningOf = yield* readBeginnings(asked, now)
    const all = yield* Effect.forEach(asked, (one) => requestOf(one, beginningOf(one)))
    const { isForgotten, without, isNew } = yield* lookUp(all)
    const requests = all.filter((request) => !isForgotten(request))
    yield* rememberPeople(requests.filter(({ person }) => without.has(person)))
    const made = requests.length === 0 ? [] : yield* upsert(requests, isNew, now)
    const gone = new Set(all.filter(isForgotten).map(({ webhook }) => webhook.id))
    yield* webhooks.forget(items.filter(({ webhook: { id } }) => leaving.has(id) || gone.has(id)))
    return { items, requests, made, now }
  })

  const note = ({ items, made, now }: Written) =>
    count(
      [
        ...items.map(({ webhook, mapped }) => ({ source: webhook.source, name: mapped.status })),
        ...made.map(({ webhook }) => ({ source: webhook.source, name: "requested" as const }))
      ],
      now
    )

  /**
   * Locks the people, including new ones, so that no other transaction maps, purges or forgets their data. Tells which
   * requests are from before their person was forgotten: nobody is invited by those. The same holds for webhooks that
   * repeat the id of another one, until the person signs up again. Also tells which people have no address.
   */
  const lookUp = Effect.fnUntraced(function* (requests: ReadonlyArray<InvitationRequest>) {
    const members = new Map(requests.map(({ person, invitation }) => [person, invitation.member]))
    const ids = inOrder(members.keys())
    const inserted = yield* insertPeople(ids.map((id) => ({ id, member: members.get(id) })))
    const isNew = new Set(ids.filter((_, at) => inserted[at] === true))
    const since = new Map<string, number>()
    const without = new Set<string>()
    for (const chunk of chunks(ids.filter((id) => !isNew.has(id)))) {
      const found = yield* sql<{
        id: string
        forgotten_at: number | null
        member: string | null
      }>`SELECT id, forgotten_at, member FROM people WHERE ${sql.in("id", chunk)} ORDER BY id ${toChange}`
      for (const { id, forgotten_at, member } of found) {
        if (forgotten_at !== null) since.set(id, forgotten_at)
        if (member === null) without.add(id)
      }
    }
    const isForgotten = ({ person, webhook }: InvitationRequest) => {
      const at = since.get(person)
      return (
        at !== undefined && (millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))
      )
    }
    return { isForgotten, without, isNew }
  })

  const requestOf = ({ webhook, terms, invitation }: Asked, beginning: number) =>
    Effect.map(random.ulid, (ulid): InvitationRequest => {
      const person = personOf(invitation.member)
      const key = keyOf(terms.spot, invitation.liveId, person)
      return { webhook, terms, invitation, person, key, end: endOf(terms, beginning), newId: `inv_${ulid}` }
    })

  const upsert = Effect.fnUntraced(function* (
    requests: ReadonlyArray<InvitationRequest>,
    /** People without an invitation yet. */
    isNew: ReadonlySet<string>,
    now: number
  ) {
    const first = new Map<string, InvitationRequest>()
    for (const request of requests) {
      const earlier = first.get(request.key)
      if (earlier === undefined || (isRepeat(earlier.webhook) && !isRepeat(request.webhook)))
        first.set(request.key, request)
    }
    const ids = new Map<string, string>()
    const asked: Array<Existing> = []
    const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
    for (const chunk of chunks(sorted.filter(({ person }) => !isNew.has(person)))) {
      asked.push(...(yield* look(chunk)))
    }
    for (const row of asked) ids.set(keyOfRow(row), row.id)
    // Most rows do not change. Only the others are locked and read again.
    const changing = asked.filter((row) => changeOf(row, first.get(keyOfRow(row)), now) !== undefined)
    for (const row of yield* again(changing)) yield* change(row, first.get(keyOfRow(row)), now)
    for (const chunk of chunks(sorted.filter(({ key }) => !ids.has(key)))) yield* insert(chunk, ids, now)
    const links = requests.flatMap(({ webhook, key }) => {
      const id = ids.get(key)
      return id === undefined ? [] : [{ webhook_id: webhook.id, invitation_id: id }]
    })
    for (const chunk of chunks(links)) {
      yield* sql`INSERT INTO webhook_invitations ${sql.insert(chunk)} ON CONFLICT DO NOTHING`
    }
    return [...first.values()].filter(({ key, newId }) => ids.get(key) === newId)
  })

  /** Stores the address again of a person who was forgotten and signs up again. */
  const rememberPeople = Effect.fnUntraced(function* (requests: ReadonlyArray<InvitationRequest>) {
    const people = new Map(requests.map(({ person, invitation }) => [person, invitation.member]))
    for (const [id, member] of people) {
      yield* sql`UPDATE people SET member = ${member}, forgotten_at = NULL WHERE id = ${id}`
    }
  })

  const columns = sql.literal(
    "id, spot, live_id, person, status, cancelled_by, settled_at, expires_at, expires_with_live"
  )

  const look = (chunk: ReadonlyArray<InvitationRequest>) =>
    sql<Existing>`SELECT ${columns} FROM invitations
      WHERE (spot, live_id, person) IN (VALUES ${sql.csv(chunk.map((request) => sql`(${request.terms.spot}, ${request.invitation.liveId}, ${request.person})`))})`

  /** Reads the rows again once they are locked. SQLite has one writer, so there they are unchanged. */
  const again = sql.onDialectOrElse({
    pg: () =>
      Effect.fnUntraced(function* (rows: ReadonlyArray<Existing>) {
        const found: Array<Existing> = []
        for (const chunk of chunks(inOrder(rows.map(({ id }) => id)))) {
          found.push(
            ...(yield* sql<Existing>`SELECT ${columns} FROM invitations WHERE ${sql.in("id", chunk)} ORDER BY id ${toChange}`)
          )
        }
        return found
      }),
    orElse: () => (rows: ReadonlyArray<Existing>) => Effect.succeed(rows)
  })

  const change = (row: Existing, request: InvitationRequest | undefined, now: number) => {
    if (request === undefined) return Effect.void
    const { end } = request
    const withLive = Number(request.terms.expiresWithLive === true)
    switch (changeOf(row, request, now)) {
      case "again":
        return sql`UPDATE invitations SET status = 'pending', state = 'available', due_at = ${now}, requested_at = ${now}, received_at = ${since(request.webhook, now)}, attempts = 0, expires_at = ${end}, expires_with_live = ${withLive},
          lane = ${rows.laneNumbers[request.webhook.lane]}, settled_at = NULL, cancelled_by = NULL, traceparent = ${request.webhook.traceparent} WHERE id = ${row.id}`
      case "later":
        return sql`UPDATE invitations SET expires_at = ${end}, expires_with_live = ${withLive},
          due_at = CASE WHEN expires_with_live = 2 THEN ${now} ELSE due_at END WHERE id = ${row.id}`
      case undefined:
        return Effect.void
    }
  }

  const insert = Effect.fnUntraced(function* (
    chunk: Array.NonEmptyReadonlyArray<InvitationRequest>,
    ids: Map<string, string>,
    now: number
  ) {
    const news = Array.map(chunk, (request) => rowOf(request, now))
    const inserted = yield* sql<{
      id: string
      spot: string
      live_id: string
      person: string
    }>`INSERT INTO invitations ${sql.insert(news)}
      ON CONFLICT (spot, live_id, person) DO NOTHING RETURNING id, spot, live_id, person`
    for (const one of inserted) ids.set(keyOf(one.spot, one.live_id, one.person), one.id)
    const others = chunk.filter(({ key }) => !ids.has(key))
    // Another relay has created them since the first look.
    if (others.length > 0)
      for (const one of yield* look(others)) ids.set(keyOf(one.spot, one.live_id, one.person), one.id)
  })

  const plainly = (batch: ReadonlyArray<Item>) =>
    write(batch).pipe(
      Effect.tap(note),
      transaction(sql),
      Effect.map((written) => [written, undefined] as const)
    )

  /** Claims in the same transaction. The locks follow `locks.ts`. */
  const claiming = Effect.fnUntraced(function* (batch: ReadonlyArray<Item>, options: ClaimOptions) {
    const entered = yield* within.enter(options)
    const written = yield* write(batch)
    const claimed = entered === undefined ? undefined : yield* within.claim(entered)
    yield* note(written)
    return [written, claimed] as const
  }, transaction(sql))

  /** A failed claim must not prevent the mapping. */
  const mapAndClaim = (batch: ReadonlyArray<Item>, options: ClaimOptions | undefined) =>
    options === undefined
      ? plainly(batch)
      : Effect.catchCauseIf(
          claiming(batch, options),
          (cause) => !Cause.hasInterrupts(cause),
          () => plainly(batch)
        )

  const commit = (batch: ReadonlyArray<Item>) => {
    const claimer = claimers.of(batch)
    return claimer === undefined
      ? plainly(batch)
      : claimer.whileMapping((options) =>
          Effect.map(mapAndClaim(batch, options), (both) => [both, both[1]] as const)
        )
  }

  return (batch: ReadonlyArray<Item>) =>
    commit(batch).pipe(
      Effect.tap(([{ requests }, claimed]) =>
        requests.length === 0 || claimed?.isDrained === true ? Effect.void : signals.publish("due")
      ),
      Effect.tap(([written]) => events.emit(() => eventsOf(written))),
      Effect.as(batch.map(() => undefined)),
      toInboxUnavailable,
      Effect.withTracerEnabled(false)
    )
}

interface Written {
  readonly items: ReadonlyArray<Item>
  /** Requests that created an invitation. */
  readonly made: ReadonlyArray<InvitationRequest>
  /** In milliseconds. */
  readonly now: number
}

const eventsOf = ({ items, made }: Written): ReadonlyArray<Event> => [
  ...items.map(({ webhook: { id, source }, mapped: { status } }): Event => ({
    type: "webhook",
    id,
    source,
    status
  })),
  ...made.map(({ newId: id, terms: { spot }, invitation: { liveId } }): Event => ({
    type: "invitation",
    id,
    spot,
    liveId,
    status: "pending"
  }))
]
