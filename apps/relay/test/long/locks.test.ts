/**
 * Two relays on one Postgres, people who sign up again and again, and beside them replay, purge and forget without a pause.
 * `USHER_LONG` repeats the whole ten times, with 3,000 webhooks each.
 */
import { describe, expect, it } from "@effect/vitest"
import { Context, DateTime, Duration, Effect, Fiber, Layer, Redacted, Ref, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Events, Operations, OperationsSql, StoreSql } from "@usher/engine"
import * as Postgres from "@usher/engine/Postgres"
import { Faults, Ledger, Sandbox } from "@usher/sandbox"
import * as Server from "../../src/server/Server.ts"
import { configuration, deliver, folder, isolated, secrets, serve, until } from "../harness.ts"
import { isLong } from "../long.ts"
import { postgres } from "../postgres.ts"

const rounds = isLong ? 10 : 1
const webhooks = isLong ? 3_000 : 80

/** People in a webhook, and of how many they are. */
const together = 10
const people = isLong ? 800 : 120

const lives = 4

const member = (number: number) => `person-${number % people}@example.com`

/** They are forgotten while it runs, and sign up again. */
const forgotten = [member(3), member(17)]

/** Refusals, which replay sends again; each other call takes a while. */
const faults = [
  { status: 400, body: '{"message":"refused"}', contentType: "application/json", times: 6 },
  { delay: Duration.millis(100) }
]

/** What no log of a relay may say. A machine that is too busy may cost it its lead, which is another matter. */
const errors =
  /deadlock|violates|serialize|Mapper failed|Dispatcher .*failed|can't be (stored|used)|kept in memory|are lost/

const onPostgres = (sandboxUrl: string, url: string) =>
  configuration(sandboxUrl, ", budget: { per10s: 5000, per24h: 1000000 }").replace(
    "database: sqlite:./usher.db",
    `database: { url: "${url}", password: { env: DATABASE_PASSWORD } }`
  )

const upkeep = Effect.fnUntraced(function* (
  operations: Operations.Operations["Service"],
  isOver: Ref.Ref<boolean>
) {
  const loop = (step: Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      do {
        yield* step
        yield* Effect.sleep("20 millis")
      } while (!(yield* Ref.get(isOver)))
    })
  const begun = yield* DateTime.now
  yield* Effect.all(
    [
      loop(Stream.runDrain(operations.replay({ status: ["rejected", "exhausted"] }))),
      loop(Stream.runDrain(operations.purge({ before: begun, all: true, deliveryIds: true }))),
      loop(
        Effect.flatMap(DateTime.now, (before) =>
          Stream.runDrain(operations.purge({ before, invitations: ["rejected"], webhooks: ["mapped"] }))
        )
      ),
      loop(Effect.forEach(forgotten, (person) => operations.forget(person), { discard: true }))
    ],
    { concurrency: "unbounded", discard: true }
  )
})

const round = Effect.gen(function* () {
  const { url, password } = yield* postgres
  const upstream = yield* Layer.build(
    Layer.fresh(Sandbox.layer({ secretKey: Redacted.make(secrets.SPOT_KEY) }))
  )
  const ledger = Context.get(upstream, Ledger.Ledger)
  yield* Context.get(upstream, Faults.Faults).set(faults)
  const home = yield* folder(onPostgres(yield* Effect.provide(Server.url, upstream), url))
  const env = { ...secrets, PGPASSWORD: password, DATABASE_PASSWORD: password }
  const relays = [yield* serve(home, env), yield* serve(home, env)] as const
  const store = yield* Layer.build(
    Layer.fresh(
      OperationsSql.layer.pipe(
        Layer.provide(StoreSql.layer),
        Layer.provide([SecureRandom.layerWebCrypto, Events.layerNone]),
        Layer.provideMerge(Postgres.layer({ url: Redacted.make(url), password: Redacted.make(password) }))
      )
    )
  )
  const operations = Context.get(store, Operations.Operations)
  const sql = Context.get(store, SqlClient.SqlClient)

  const post = Effect.fnUntraced(function* (number: number) {
    const email = Array.from({ length: together }, (_, index) => member(number * 7 + index * 13))
    const relay = relays[number % 2 === 0 ? 0 : 1]
    const body = { live: `live-${number % lives}`, email }
    const { status } = yield* deliver(relay.url, "hmac", body, {
      headers: { "x-delivery-id": `delivery-${number}` }
    })
    expect(status).toBe(200)
  })
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)
  const ended = Effect.map(
    sql<{ count: bigint }>`SELECT (SELECT count(*) FROM webhooks WHERE status = 'received')
      + (SELECT count(*) FROM invitations WHERE state <> 'finished') AS count`,
    ([row]) => Number(row?.count) === 0
  )

  // Some have ended before: they are purged while they are asked for again.
  const early = Math.ceil(webhooks / 10)
  yield* Effect.forEach(numbers(0, early), post, { concurrency: 8, discard: true })
  yield* until(ended, (isSo) => isSo)
  const before = new Set(
    (yield* ledger.state).participants.map(({ liveId, member }) => `${liveId} ${member}`)
  )

  const isOver = yield* Ref.make(false)
  const beside = yield* Effect.forkChild(upkeep(operations, isOver))
  yield* Effect.forEach(numbers(early, webhooks), post, { concurrency: 8, discard: true })
  yield* until(ended, (isSo) => isSo)
  yield* Ref.set(isOver, true)
  yield* Fiber.join(beside)
  // One more of each has ended since.
  yield* until(ended, (isSo) => isSo)

  for (const { output } of relays) {
    expect(output.stderr.split("\n").filter((line) => errors.test(line))).toEqual([])
  }
  const { participants } = yield* ledger.state
  const again = participants.filter(
    ({ liveId, member, repeated }) =>
      repeated > 0 && !before.has(`${liveId} ${member}`) && !forgotten.includes(member)
  )
  expect(again).toEqual([])
  expect(participants.filter(({ created }) => created !== 1)).toEqual([])

  // Each that is invited has the attempt that invited it; none is told as invited by somebody else.
  const untrue =
    yield* sql`SELECT invitations.id FROM invitations JOIN people ON people.id = invitations.person
    WHERE people.member IS NOT NULL AND invitations.status = 'invited' AND NOT EXISTS (
      SELECT 1 FROM attempt_invitations WHERE invitation_id = invitations.id AND participant IS NOT NULL)`
  const lost = yield* sql`SELECT id FROM invitations WHERE lost_lease_token IS NOT NULL`
  const orphans = yield* sql`SELECT id FROM attempts
    WHERE NOT EXISTS (SELECT 1 FROM attempt_invitations WHERE attempt_id = attempts.id)`
  const corrupt = yield* sql`SELECT id FROM invitations WHERE status IN ('corrupt', 'sending')`
  expect({ untrue, lost, orphans, corrupt }).toEqual({ untrue: [], lost: [], orphans: [], corrupt: [] })

  // Each session tells the statistics when it has been idle for a second.
  yield* Effect.sleep("1500 millis")
  const [statistics] = yield* sql<{ deadlocks: bigint; taken: bigint }>`SELECT deadlocks,
      (SELECT count(*) FROM webhooks) AS taken FROM pg_stat_database WHERE datname = current_database()`
  expect(Number(statistics?.deadlocks)).toBe(0)
  const { arrived } = yield* ledger.summary
  return { participants: participants.length, calls: arrived }
}).pipe(Effect.scoped)

describe("two relays on one Postgres, with replay, purge and forget beside them", () => {
  it.live(
    "deadlock nowhere, drop no answer, and call nobody again whose answer is stored",
    () =>
      Effect.gen(function* () {
        for (let number = 1; number <= rounds; number++) {
          const { participants, calls } = yield* round
          yield* Effect.sync(() =>
            process.stdout.write(
              `round ${number}: ${webhooks} webhooks, ${participants} people and Lives, ${calls} calls, no deadlock\n`
            )
          )
        }
      }).pipe(isolated),
    { timeout: isLong ? 3_600_000 : 120_000 }
  )
})
