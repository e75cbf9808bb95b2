/** How the database finds what the hot queries ask for: the statements are noted as they are sent. */
import { Console, DateTime, Duration, Effect } from "effect"
import { LiveParticipantsTest } from "@usher/core/testing"
import { SqlClient, Statement } from "effect/sql"
import { Budget, Inbox, Operations } from "../src/index.ts"
import { explain } from "./explain.ts"

/** Every kind of statement that the Inbox sends while it accepts, maps, claims and settles. */
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
  for (const { claims, spend } of calls) {
    const [claim] = claims
    yield* inbox.settle({
      startedAt,
      duration: Duration.zero,
      traceId: null,
      spend,
      outcomes: [
        { claim, result: LiveParticipantsTest.participant(claim.invitation), next: { status: "invited" } }
      ]
    })
  }
})

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
