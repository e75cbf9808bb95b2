import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { Inbox, InboxSql } from "../src/index.ts"
import { databaseFile, layerFile } from "./databases.ts"
import { claim } from "./dispatching.ts"
import { alice, delivery, layerInboxAt, store } from "./fixtures.ts"

/** A database as the first version left it: one invited, one that waits, one that was being sent, one to map. */
const firstVersion = Effect.gen(function* () {
  yield* Migrator.make({})({
    loader: Migrator.fromRecord({ "0001_create_inbox": InboxSql.migrations["0001_create_inbox"] }),
    table: "usher_migrations"
  })
  const sql = yield* SqlClient.SqlClient
  const webhook = (id: string, status: string) =>
    sql`INSERT INTO webhooks ${sql.insert({ id, source: "form", delivery_id: id, headers: "{}", body: new Uint8Array([1]), traceparent: null, received_at: 1, status, reason: null })}`
  yield* webhook("wh_1", "mapped")
  yield* webhook("wh_2", "received")
  const invitation = (id: string, liveId: string, member: string, status: string, attempts: number) =>
    sql`INSERT INTO invitations ${sql.insert({ id, spot: "main", live_id: liveId, member, member_key: member.toLowerCase(), invited_by: null, notify: 1, traceparent: null, created_at: 1, status, due_at: 1, attempts, lease: status === "sending" ? "lease" : null, settled_at: status === "invited" ? 2 : null })}`
  yield* invitation("inv_1", "live-1", "Alice@example.com", "invited", 2)
  yield* invitation("inv_2", "live-2", "alice@example.com", "pending", 0)
  yield* invitation("inv_3", "live-1", "bob@example.com", "sending", 1)
  for (const id of ["inv_1", "inv_2", "inv_3"]) {
    yield* sql`INSERT INTO webhook_invitations ${sql.insert({ webhook_id: "wh_1", invitation_id: id })}`
  }
  const error = '{"_tag":"UpstreamUnavailable","liveId":"live-1","reason":"Timeout","mayHaveArrived":true}'
  yield* sql`INSERT INTO attempts ${sql.insert({ id: "att_1", invitation_id: "inv_1", number: 1, started_at: 1, duration_ms: 5, error, participant: null, trace_id: "trace-1" })}`
  yield* sql`INSERT INTO attempts ${sql.insert({ id: "att_2", invitation_id: "inv_1", number: 2, started_at: 2, duration_ms: 5, error: null, participant: null, trace_id: "trace-2" })}`
})

it.effect("a database of the first version goes on where it was", () =>
  Effect.gen(function* () {
    const filename = yield* databaseFile
    yield* Effect.provide(firstVersion, layerFile(filename))
    yield* Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      expect(yield* inbox.received(10)).toMatchObject([
        { id: "wh_2", sender: "", body: new Uint8Array([1]), mappingVersion: null }
      ])
      expect(yield* inbox.accept(delivery({ deliveryId: "wh_1" }))).toEqual({ id: "wh_1", duplicate: true })
      expect(yield* inbox.invitations("wh_1")).toMatchObject([
        { id: "inv_1", source: "form", status: "invited", attempts: 2, lastError: null, traceId: "trace-2" },
        { id: "inv_2", status: "pending", lane: "live", withEmailNotification: true },
        { id: "inv_3", status: "sending", lane: "retry" }
      ])
      expect(yield* inbox.attempts("inv_1")).toMatchObject([
        { number: 1, error: { _tag: "UpstreamUnavailable" } },
        { number: 2, error: null }
      ])
      yield* store([alice], { deliveryId: "new" })
      expect((yield* claim()).map(({ id }) => id)).toEqual([])
    }).pipe(Effect.provide(layerInboxAt(filename)))
  })
)
