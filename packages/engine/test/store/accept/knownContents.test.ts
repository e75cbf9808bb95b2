/** Which earlier webhook without an id, and with the same body, a delivery is a retry of. */
import { expect } from "@effect/vitest"
import { Effect, Result } from "effect"
import { SqlClient } from "effect/sql"
import type { Webhook } from "@usher/model"
import { Inbox } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { delivery } from "../../fixtures.ts"

const text = (body: string) => new TextEncoder().encode(body)

/** In one batch. */
const accept = (...batch: ReadonlyArray<Partial<Webhook.NewWebhook>>) =>
  Inbox.Inbox.use((inbox) =>
    Effect.forEach(
      batch,
      (fields) => Effect.result(inbox.accept(delivery({ deliveryId: null, ...fields }))),
      {
        concurrency: "unbounded"
      }
    )
  )

const acceptOne = (fields: Partial<Webhook.NewWebhook>) =>
  Effect.map(accept(fields), (all) => all.map(Result.getOrThrow)[0])

/** Accepts one, and maps it by the version. */
const signUp = Effect.fnUntraced(function* (
  mappingVersion: string,
  fields: Partial<Webhook.NewWebhook> = {}
) {
  const inbox = yield* Inbox.Inbox
  const accepted = yield* acceptOne({ mappingVersion, ...fields })
  for (const webhook of yield* inbox.received(9)) {
    yield* inbox.map(webhook, { status: "ignored", reason: "no live" }, { spot: "main", mappingVersion })
  }
  return accepted?.id
})

onEach((test) => {
  test("a retry is compared with the ten newest sign-ups of its source and body", () =>
    Effect.gen(function* () {
      const versions = Array.from({ length: 11 }, (_, index) => `v${index}`)
      const ids = yield* Effect.forEach(versions, (version) => signUp(version))
      expect(new Set(ids).size).toBe(11)
      const other = yield* signUp("v1", { source: "other" })
      const ben = yield* signUp("v1", { body: text("ben") })

      const known = yield* acceptOne({ mappingVersion: "v1" })
      expect(known).toEqual({ id: ids[1], duplicate: true })
      const batch = yield* accept(
        { mappingVersion: "v0" },
        { mappingVersion: "v1", source: "other" },
        { mappingVersion: "v1", body: text("ben") }
      )
      expect(batch.map(Result.getOrThrow)).toEqual([
        { id: expect.any(String), duplicate: false },
        { id: other, duplicate: true },
        { id: ben, duplicate: true }
      ])
    }))

  for (const status of ["received", "held"]) {
    test(`a webhook that is to be mapped once more counts as mapped alike: it is ${status}`, () =>
      Effect.gen(function* () {
        const id = yield* signUp("v1")
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE webhooks SET status = ${status}`
        expect(yield* acceptOne({ mappingVersion: "v2" })).toEqual({ id, duplicate: true })
      }))
  }

  test("a delivery whose mapping has no version is a retry whatever the first one's was", () =>
    Effect.gen(function* () {
      const id = yield* signUp("v1")
      expect(yield* acceptOne({})).toEqual({ id, duplicate: true })
      expect(yield* acceptOne({ mappingVersion: "v2" })).toMatchObject({ duplicate: false })
    }))

  test("a delivery that is not stored, and was not there, fails", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql.onDialectOrElse({
        pg: () =>
          Effect.andThen(
            sql`CREATE FUNCTION lose() RETURNS trigger AS $$ BEGIN RETURN NULL; END $$ LANGUAGE plpgsql`,
            sql`CREATE TRIGGER lose BEFORE INSERT ON webhooks FOR EACH ROW EXECUTE FUNCTION lose()`
          ),
        orElse: () => sql`CREATE TRIGGER lose BEFORE INSERT ON webhooks BEGIN SELECT RAISE(IGNORE); END`
      })
      expect(yield* accept({})).toMatchObject([{ _tag: "Failure", failure: { _tag: "InboxUnavailable" } }])
    }))
})
