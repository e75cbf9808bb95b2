/**
 * A relay without HTTP that is there to be killed: accepts, maps, claims and settles without end, and writes down every
 * delivery that it has acknowledged, and when it has invited. Takes the database, and a name that its deliveries begin with.
 */
import { DateTime, Duration, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { LiveParticipantsTest } from "@usher/core/testing"
import { SqliteClient } from "@usher/sqlite"
import { writeSync } from "node:fs"
import { Events, Inbox, InboxSql, Signals, StoreSql } from "../../../src/index.ts"
import * as Postgres from "../../../src/store/postgres/Postgres.ts"
import { invited } from "./said.ts"

const [database = "", name = ""] = process.argv.slice(2)

const layerDatabase = database.startsWith("postgres:")
  ? Postgres.layer({ url: Redacted.make(database) })
  : Layer.merge(Signals.layerLocal, SqliteClient.layer({ filename: database, busyTimeout: "5 seconds" }))

const accepting = Effect.fnUntraced(function* (lane: number) {
  const inbox = yield* Inbox.Inbox
  for (let at = 0; ; at++) {
    const deliveryId = `${name}-${lane}-${at}`
    const body = new TextEncoder().encode(JSON.stringify({ deliveryId, padding: "x".repeat(at % 3_000) }))
    yield* inbox.accept({ source: "form", sender: "test", deliveryId, headers: {}, body, traceparent: null })
    writeSync(1, `${deliveryId}\n`)
  }
})

const mapping = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const webhooks = yield* inbox.received(50)
  yield* Effect.forEach(
    webhooks,
    (webhook) =>
      inbox.map(
        webhook,
        {
          status: "mapped",
          invitations: [{ liveId: "live-1", member: `${webhook.deliveryId}@example.com` }],
          reason: null
        },
        { spot: "main" }
      ),
    { concurrency: "unbounded" }
  )
})

const dispatching = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const { calls } = yield* inbox.claim({ spot: "main", calls: 20, lease: Duration.seconds(1) })
  const startedAt = yield* DateTime.now
  yield* Effect.forEach(
    calls.flatMap(({ claims }) => claims),
    (claim) =>
      inbox.settle({
        startedAt,
        duration: Duration.zero,
        traceId: null,
        outcomes: [
          { claim, result: LiveParticipantsTest.participant(claim.invitation), next: { status: "invited" } }
        ]
      }),
    { concurrency: "unbounded" }
  )
  if (calls.length > 0) writeSync(1, `${invited}\n`)
})

const work = Effect.all(
  [
    ...Array.from({ length: 16 }, (_, lane) => accepting(lane)),
    Effect.forever(Effect.andThen(mapping, Effect.sleep("1 millis"))),
    Effect.forever(Effect.andThen(dispatching, Effect.sleep("1 millis")))
  ],
  { concurrency: "unbounded", discard: true }
)

await Effect.runPromise(
  Effect.provide(
    work,
    InboxSql.layer.pipe(
      Layer.provide(StoreSql.layer),
      Layer.provide([SecureRandom.layerWebCrypto, Events.layerNone]),
      Layer.provideMerge(layerDatabase)
    )
  )
)
