/**
 * The Inbox on SQL. One transaction carries all that arrives while the last one is being written.
 */
import { Clock, DateTime, Duration, Effect, Layer, PubSub } from "effect"
import { SecureRandom } from "effect/crypto"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import { Invitation } from "@usher/core"
import type { Claim, Settlement } from "./Dispatch.ts"
import { type Accepted, Inbox, InboxUnavailable, type Signal } from "./Inbox.ts"
import { groupCommit } from "./internal/groupCommit.ts"
import * as rows from "./internal/rows.ts"
import createInbox from "./migrations/0001_create_inbox.ts"
import type { Mapped, NewWebhook, Webhook } from "./Webhook.ts"

/**
 * Every migration, by its number and name.
 *
 * @category migrations
 * @since 0.1.0
 */
export const migrations = { "0001_create_inbox": createInbox }

/**
 * Brings the tables up to date; does nothing when they are.
 *
 * @category migrations
 * @since 0.1.0
 */
export const migrate = Migrator.make({})({
  loader: Migrator.fromRecord(migrations),
  table: "usher_migrations"
})

/**
 * Migrates, then serves the Inbox from the database.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<
  Inbox,
  SqlError.SqlError | Migrator.MigrationError,
  SqlClient.SqlClient | SecureRandom.SecureRandom
> = Layer.effect(
  Inbox,
  Effect.gen(function* () {
    yield* migrate
    const sql = yield* SqlClient.SqlClient
    const random = yield* SecureRandom.SecureRandom
    const changes = yield* PubSub.sliding<Signal>(16)
    const unavailable = Effect.mapError((cause: unknown) => new InboxUnavailable({ cause }))

    const insert = Effect.fnUntraced(function* (webhook: NewWebhook) {
      const { source, deliveryId, headers, body, traceparent } = webhook
      const id = `wh_${yield* random.ulid}`
      const now = yield* Clock.currentTimeMillis
      const inserted =
        yield* sql`INSERT INTO webhooks (id, source, delivery_id, headers, body, traceparent, received_at, status)
        VALUES (${id}, ${source}, ${deliveryId}, ${rows.encodeHeaders(headers)}, ${body}, ${traceparent}, ${now}, 'received')
        ON CONFLICT (source, delivery_id) DO NOTHING RETURNING id`
      if (inserted.length > 0) return { id, duplicate: false }
      const [first] = yield* sql<{
        id: string
      }>`SELECT id FROM webhooks WHERE source = ${source} AND delivery_id = ${deliveryId}`
      return { id: first?.id ?? id, duplicate: true }
    })

    const accept = yield* groupCommit((batch: ReadonlyArray<NewWebhook>) =>
      Effect.forEach(batch, insert).pipe(
        sql.withTransaction,
        Effect.tap((accepted: ReadonlyArray<Accepted>) =>
          accepted.every(({ duplicate }) => duplicate) ? Effect.void : PubSub.publish(changes, "received")
        ),
        unavailable,
        Effect.withTracerEnabled(false)
      )
    )

    const received = (limit: number) =>
      sql`SELECT * FROM webhooks WHERE status = 'received' ORDER BY id LIMIT ${limit}`.pipe(
        Effect.map((found) => found.map(rows.webhook)),
        unavailable
      )

    const attach = Effect.fnUntraced(function* (
      webhook: Webhook,
      spot: string,
      invitation: Extract<Mapped, { status: "mapped" }>["invitations"][number],
      now: number
    ) {
      const { liveId, member, invitedBySpotMemberId = null, withEmailNotification = null } = invitation
      const key = Invitation.memberKey(member)
      yield* sql`INSERT INTO invitations (id, spot, live_id, member, member_key, invited_by, notify, traceparent, created_at, status, due_at, attempts)
        VALUES (${`inv_${yield* random.ulid}`}, ${spot}, ${liveId}, ${member}, ${key}, ${invitedBySpotMemberId},
          ${withEmailNotification === null ? null : Number(withEmailNotification)}, ${webhook.traceparent}, ${now}, 'pending', ${now}, 0)
        ON CONFLICT (spot, live_id, member_key) DO NOTHING`
      yield* sql`INSERT INTO webhook_invitations (webhook_id, invitation_id)
        SELECT ${webhook.id}, id FROM invitations WHERE spot = ${spot} AND live_id = ${liveId} AND member_key = ${key}
        ON CONFLICT DO NOTHING`
    })

    const map = Effect.fn("Inbox.map")(function* (webhook: Webhook, spot: string, mapped: Mapped) {
      const now = yield* Clock.currentTimeMillis
      const invitations = mapped.status === "mapped" ? mapped.invitations : []
      yield* Effect.forEach(invitations, (invitation) => attach(webhook, spot, invitation, now)).pipe(
        Effect.andThen(
          sql`UPDATE webhooks SET status = ${mapped.status}, reason = ${mapped.reason} WHERE id = ${webhook.id}`
        ),
        sql.withTransaction,
        unavailable
      )
      if (invitations.length > 0) yield* PubSub.publish(changes, "due")
    })

    const claim: Inbox["Service"]["claim"] = Effect.fnUntraced(function* ({ spot, limit, lease }) {
      const now = yield* Clock.currentTimeMillis
      const token = yield* random.ulid
      const claimed = yield* unavailable(sql`UPDATE invitations
        SET status = 'sending', attempts = attempts + 1, lease = ${token}, due_at = ${now + Duration.toMillis(lease)}
        WHERE id IN (SELECT id FROM invitations
          WHERE spot = ${spot} AND due_at <= ${now} AND status IN ('pending', 'sending')
          ORDER BY due_at, id LIMIT ${limit})
        RETURNING id, live_id, member, invited_by, notify, attempts, lease, created_at, traceparent`)
      return claimed.map(rows.claim)
    })

    const settle = Effect.fn("Inbox.settle")(function* (claim: Claim, settlement: Settlement) {
      const now = yield* Clock.currentTimeMillis
      const { next, startedAt, duration, traceId } = settlement
      const waits = next.status === "pending"
      const { error, participant } = rows.result(settlement.result)
      const burnt = waits && !next.burnt ? 0 : 1
      const write = Effect.gen(function* () {
        const settled = yield* sql`UPDATE invitations SET status = ${next.status}, lease = NULL,
          due_at = ${waits ? rows.millis(next.dueAt) : now}, settled_at = ${waits ? null : now},
          attempts = ${claim.attempt - 1 + burnt}
          WHERE id = ${claim.id} AND lease = ${claim.lease} RETURNING id`
        if (settled.length === 0) return false
        yield* sql`INSERT INTO attempts (id, invitation_id, number, started_at, duration_ms, error, participant, trace_id)
          VALUES (${`att_${yield* random.ulid}`}, ${claim.id}, ${claim.attempt}, ${rows.millis(startedAt)},
            ${Math.round(Duration.toMillis(duration))}, ${error}, ${participant}, ${traceId})`
        return true
      })
      const settled = yield* write.pipe(sql.withTransaction, unavailable)
      // It is due earlier than its lease would have ended: a dispatcher that naps has to look again.
      if (settled && waits) yield* PubSub.publish(changes, "due")
      return settled
    })

    const release = Effect.fn("Inbox.release")(function* (claim: Claim) {
      const now = yield* Clock.currentTimeMillis
      const released = yield* unavailable(sql`UPDATE invitations
        SET status = 'pending', lease = NULL, due_at = ${now}, attempts = ${claim.attempt - 1}
        WHERE id = ${claim.id} AND lease = ${claim.lease} RETURNING id`)
      return released.length > 0
    })

    const nextDue = Effect.fnUntraced(function* (spot: string) {
      const [first] = yield* unavailable(sql<{ due_at: number }>`SELECT due_at FROM invitations
        WHERE spot = ${spot} AND status IN ('pending', 'sending') ORDER BY due_at, id LIMIT 1`)
      return first === undefined ? undefined : DateTime.makeUnsafe(Number(first.due_at))
    })

    return Inbox.of({
      accept,
      received,
      map,
      claim,
      settle,
      release,
      nextDue,
      signals: PubSub.subscribe(changes),
      webhook: (id) =>
        sql`SELECT * FROM webhooks WHERE id = ${id}`.pipe(
          Effect.map(([row]) => (row === undefined ? undefined : rows.webhook(row))),
          unavailable
        ),
      invitations: (webhookId) =>
        sql`SELECT i.*,
            (SELECT json_extract(error, '$._tag') FROM attempts WHERE invitation_id = i.id ORDER BY id DESC LIMIT 1) AS last_error,
            (SELECT trace_id FROM attempts WHERE invitation_id = i.id ORDER BY id DESC LIMIT 1) AS trace_id,
            (SELECT json_group_array(webhook_id) FROM webhook_invitations WHERE invitation_id = i.id) AS webhook_ids
          FROM invitations i JOIN webhook_invitations wi ON wi.invitation_id = i.id
          WHERE wi.webhook_id = ${webhookId} ORDER BY i.id`.pipe(
          Effect.map((found) => found.map(rows.storedInvitation)),
          unavailable
        ),
      check: sql`UPDATE usher_migrations SET name = name WHERE migration_id = -1`.pipe(
        Effect.asVoid,
        unavailable
      )
    })
  })
)
