/** Prints the query plans of the hot statements, which it records as the Inbox sends them. */
import { Console, DateTime, Duration, Effect } from "effect"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Budget, Inbox, Operations } from "@usher/engine"
import { SqlClient, Statement } from "effect/sql"

/** Accepts, maps, claims and settles with every kind of statement. */
const hot = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const webhook = { source: "plan", sender: "test", headers: {}, body: new Uint8Array(2), traceparent: null }
  const { id } = yield* inbox.accept({ ...webhook, deliveryId: "1" })
  yield* inbox.accept({ ...webhook, deliveryId: "1" })
  yield* inbox.received(10)
  const stored = yield* Effect.fromNullishOr(yield* operations.webhook(id))
  const invitations = [{ liveId: "live-1", member: "somebody@example.com" }]
  yield* inbox.map(stored, { status: "mapped", invitations, reason: null }, { spot: "plan" })
  const { calls } = yield* inbox.claim({
    spot: "plan",
    calls: 20,
    batchSize: 100,
    budget: Budget.documented,
    lease: Duration.minutes(1)
  })
  const startedAt = yield* DateTime.now
  for (const { claims, reservation } of calls) {
    const [claim] = claims
    const result = LiveParticipantsTest.participant(claim.invitation)
    yield* inbox.settle({
      startedAt,
      duration: Duration.zero,
      traceId: null,
      reservation,
      outcomes: [{ claim, result, next: { status: "invited" } }]
    })
  }
})

/** The plan of a statement, whatever its parameters are. */
const explain = (sql: SqlClient.SqlClient, statement: string) =>
  sql.onDialectOrElse({
    pg: () => generic(sql, statement),
    orElse: () =>
      Effect.map(sql.unsafe<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`), (rows) =>
        rows.map(({ detail }) => detail)
      )
  })

const generic = Effect.fnUntraced(
  function* (sql: SqlClient.SqlClient, statement: string) {
    const parameters = [...new Set(statement.match(/\$\d+/g))].map(() => "NULL")
    yield* sql.unsafe("SET LOCAL plan_cache_mode = force_generic_plan").unprepared
    yield* sql.unsafe(`PREPARE hot AS ${statement}`).unprepared
    const rows = yield* sql.unsafe<Record<string, string>>(
      `EXPLAIN (COSTS OFF) EXECUTE hot${parameters.length === 0 ? "" : `(${parameters.join(", ")})`}`
    ).unprepared
    yield* sql.unsafe("DEALLOCATE hot").unprepared
    return rows.map((row) => row["QUERY PLAN"] ?? "")
  },
  (plan, sql) => sql.withTransaction(plan)
)

export const plans = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const statements = new Set<string>()
  yield* hot.pipe(
    Effect.provideService(Statement.CurrentTransformer, (statement) =>
      Effect.sync(() => {
        statements.add(statement.compile()[0])
        return statement
      })
    )
  )
  yield* Console.log("\nPlans:")
  for (const statement of statements) {
    const plan = (yield* explain(sql, statement)).filter(
      (line) => !/^(?:SCAN CONSTANT ROW|SCAN \d+ CONSTANT ROWS?)$/.test(line)
    )
    yield* Console.log(`\n  ${statement.replaceAll(/\s+/g, " ").slice(0, 150)}`)
    for (const line of plan) yield* Console.log(`      ${line}`)
  }
})
