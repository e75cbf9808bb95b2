/** What stands in the scratch store, seen from outside the relay. */
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"

/** A webhook, and how each of its invitations stands. */
export interface Kept {
  readonly source: string
  /** As it came, in base64. */
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

/** How many webhooks and invitations wait for something. */
export const unfinished = SqlClient.SqlClient.use((sql) =>
  Effect.map(
    sql<{ count: number }>`SELECT (SELECT count(*) FROM webhooks WHERE status = 'received')
      + (SELECT count(*) FROM invitations WHERE status IN ('pending', 'sending')) AS count`,
    counted
  )
)

/** The leases that are held. */
export const leases = SqlClient.SqlClient.use((sql) =>
  Effect.map(
    sql<{ lease: string }>`SELECT DISTINCT lease FROM invitations WHERE status = 'sending'`,
    (rows) => rows.map(({ lease }) => lease)
  )
)

/** Ends leases whose holder is dead, which would end by themselves in two minutes. */
export const endLeases = (leases: ReadonlyArray<string>) =>
  leases.length === 0
    ? Effect.void
    : SqlClient.SqlClient.use((sql) =>
        sql`UPDATE invitations SET due_at = 0 WHERE status = 'sending' AND ${sql.in("lease", leases)}`.pipe(
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 20 }),
          Effect.asVoid
        )
      )

/** Until the server has noticed that its client is dead, and has ended what it had begun. */
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
