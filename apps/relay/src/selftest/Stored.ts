/** Queries of the scratch store, from outside the relay. */
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"

/** A webhook with the statuses of its invitations. */
export interface Kept {
  readonly source: string
  /** The body as received, in base64. */
  readonly body: string
  readonly status: string
  readonly invitations: ReadonlyArray<string>
}

/** All webhooks. */
export const webhooks = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{
    id: string
    source: string
    body: Uint8Array
    status: string
  }>`SELECT id, source, body, status FROM webhooks`
  const links = yield* sql<{ id: string; status: string }>`SELECT l.webhook_id AS id, i.status AS status
    FROM webhook_invitations l JOIN invitations i ON i.id = l.invitation_id`
  const statuses = Map.groupBy(links, ({ id }) => id)
  return rows.map(({ id, source, body, status }): Kept => ({
    source,
    body: Buffer.from(body).toString("base64"),
    status,
    invitations: (statuses.get(id) ?? []).map(({ status }) => status)
  }))
})

const counted = (rows: ReadonlyArray<{ readonly count: number | bigint }>) => Number(rows[0]?.count)

export const count = SqlClient.SqlClient.use((sql) =>
  Effect.map(sql<{ count: number }>`SELECT count(*) AS count FROM webhooks`, counted)
)

/** The number of unfinished webhooks and invitations. */
export const unfinished = SqlClient.SqlClient.use((sql) =>
  Effect.map(
    sql<{ count: number }>`SELECT (SELECT count(*) FROM webhooks WHERE status = 'received')
      + (SELECT count(*) FROM invitations WHERE status IN ('pending', 'sending')) AS count`,
    counted
  )
)

/** The active leases. */
export const leases = SqlClient.SqlClient.use((sql) =>
  Effect.map(
    sql<{ lease_token: string }>`SELECT DISTINCT lease_token FROM invitations WHERE status = 'sending'`,
    (rows) => rows.map((row) => row.lease_token)
  )
)

/** Ends the leases of a killed relay, which would expire in two minutes. */
export const endLeases = (leases: ReadonlyArray<string>) =>
  leases.length === 0
    ? Effect.void
    : SqlClient.SqlClient.use((sql) =>
        sql`UPDATE invitations SET due_at = 0 WHERE status = 'sending' AND ${sql.in("lease_token", leases)}`.pipe(
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 20 }),
          Effect.asVoid
        )
      )

/** Waits until the server has noticed the death of the relay and has rolled back its transactions. */
export const untilAlone = SqlClient.SqlClient.use((sql) =>
  sql.onDialectOrElse({
    pg: () =>
      sql<{ count: bigint }>`SELECT count(*) AS count FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'usher' AND pid <> pg_backend_pid()`.pipe(
        Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: (rows) => counted(rows) === 0 }),
        Effect.timeout("30 seconds"),
        Effect.asVoid
      ),
    orElse: () => Effect.void
  })
)
