import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Secret } from "@usher/signatures"
import { onEach } from "../databases.ts"
import { alice, body, eventually, makeSource, secret } from "../fixtures.ts"
import { all, by, mend, mended, open, stored } from "../refusing.ts"

onEach((test) => {
  test("keeps what was refused, and shows no secret, signature or query of it", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open()
      expect(yield* refuse()).toBe(true)
      const { items } = yield* quarantine.list({}, all)
      const now = yield* DateTime.now
      expect(items).toEqual([
        {
          id: expect.stringMatching(/^qu_/),
          source: "form",
          sender: "standard-webhooks",
          firstAt: now,
          lastAt: now,
          times: 1,
          reason: "NoSecretMatches",
          message: expect.stringMatching(/no current secret/),
          method: "POST",
          path: "/webhooks/form",
          headers: {
            "webhook-id": "msg-0",
            "webhook-timestamp": expect.any(String),
            "webhook-signature": "•••",
            "content-type": "application/json"
          },
          size: body.length
        }
      ])
      const detail = yield* quarantine.get(items[0]?.id ?? "")
      expect(detail).toMatchObject({ verifies: false, body: new TextEncoder().encode(body) })
      for (const shown of [items, detail]) {
        expect(JSON.stringify(shown)).not.toMatch(/v1,|whsec|a-token|session=1/)
      }
      expect(yield* quarantine.get("qu_none")).toBeUndefined()
      expect(yield* quarantine.counts).toEqual(new Map([["form", 1]]))
    }).pipe(Effect.scoped))

  test("keeps nothing more of a delivery's own headers than it takes to verify it", () =>
    Effect.gen(function* () {
      const { refuse } = yield* open()
      yield* refuse()
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ headers: string }>`SELECT headers FROM quarantined`
      expect(row?.headers).toMatch(/webhook-signature/)
      expect(row?.headers).not.toMatch(/cookie/)
    }).pipe(Effect.scoped))

  test("says what may explain the refusal, by the time when it came", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse()
      const [kept] = (yield* quarantine.list({}, all)).items
      yield* configure({ secrets: [Secret.make(secret), Secret.make(mended, { label: "new" })] })
      expect(yield* quarantine.get(kept?.id ?? "")).toMatchObject({
        verifies: true,
        findings: [{ finding: "Valid", secret: "new" }]
      })
    }).pipe(Effect.scoped))

  test("plans a release, and releases or discards none that was kept after the plan", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse({ id: "msg-a" })
      yield* refuse({ id: "msg-forged", secret: `whsec_${btoa("a forger's own secret")}` })
      yield* configure({ secrets: [Secret.make(mended)] })
      yield* TestClock.adjust("1 second")
      const plan = yield* quarantine.plan({ all: true })
      expect(plan).toEqual({
        deliveries: 2,
        verifying: 1,
        reasons: { NoSecretMatches: 1 },
        unknown: [],
        asOf: yield* DateTime.now
      })
      expect(yield* quarantine.plan({})).toMatchObject({ deliveries: 0 })
      expect(yield* quarantine.plan({ ids: ["qu_none"] })).toMatchObject({
        deliveries: 0,
        unknown: ["qu_none"]
      })
      yield* refuse({ id: "msg-later" })
      const { asOf } = plan
      expect(yield* quarantine.release({ asOf }, by)).toMatchObject({ released: 0, refused: 0 })
      expect(yield* quarantine.release({ all: true, asOf }, by)).toMatchObject({ released: 1, refused: 1 })
      expect(yield* quarantine.discard({ all: true, asOf })).toMatchObject({ discarded: 1 })
      expect(yield* quarantine.counts).toEqual(new Map([["form", 1]]))
    }).pipe(Effect.scoped))

  test("releases what verifies once its secret is mended, as if it came when it came", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse({ id: "msg-a" })
      yield* refuse({ id: "msg-forged", secret: `whsec_${btoa("a forger's own secret")}` })
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 0, refused: 2 })
      expect(yield* stored(inbox)).toEqual([])

      yield* configure(mend)
      expect(yield* quarantine.release({ source: "form" }, by)).toMatchObject({ released: 1, refused: 1 })
      expect(yield* stored(inbox)).toMatchObject([
        {
          source: "form",
          deliveryId: "msg-a",
          status: "received",
          lane: "live",
          body: new TextEncoder().encode(body)
        }
      ])
      expect(JSON.stringify((yield* stored(inbox))[0]?.headers)).not.toMatch(/signature|v1,/)
      expect((yield* quarantine.list({}, all)).items).toMatchObject([
        { headers: { "webhook-id": "msg-forged" } }
      ])
    }).pipe(Effect.scoped))

  test("a delivery that was old when it came is old for ever, and one that was in time stays in time", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse()
      const sql = yield* SqlClient.SqlClient
      yield* configure(mend)
      // As if it had come ten minutes after it was signed.
      const late = Duration.toMillis("10 minutes")
      yield* sql`UPDATE quarantined SET last_at = last_at + ${late}`
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 0, refused: 1 })
      yield* sql`UPDATE quarantined SET last_at = last_at - ${late}`
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 1, refused: 0 })
      expect(yield* stored(inbox)).toHaveLength(1)
    }).pipe(Effect.scoped))

  test("releases what does not verify on an operator's word alone", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open()
      yield* refuse()
      yield* refuse()
      const [newest, oldest] = (yield* quarantine.list({}, all)).items
      const which = { ids: [newest?.id ?? ""] }
      expect(yield* quarantine.release(which, { ...by, unverified: true })).toMatchObject({
        released: 1,
        refused: 0
      })
      expect(yield* stored(inbox)).toMatchObject([{ deliveryId: "msg-1" }])
      expect((yield* quarantine.list({}, all)).items).toEqual([oldest])
    }).pipe(Effect.scoped))

  test("a delivery that comes again is one, with the signature that it came with last", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse({ id: "msg-a", secret: `whsec_${btoa("an old secret")}` })
      yield* refuse({ id: "msg-a" })
      expect((yield* quarantine.list({}, all)).items).toMatchObject([{ times: 2 }])
      yield* configure(mend)
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 1, refused: 0 })
    }).pipe(Effect.scoped))

  test("keeps so many of a source and no more; the oldest go first, and other sources keep theirs", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open({ deliveries: 3 })
      const other = yield* makeSource({ name: "other" })
      yield* refuse({ of: other })
      for (const id of ["1", "2", "3", "4", "5"]) yield* refuse({ id: `msg-${id}` })
      const ids = (yield* quarantine.list({ source: "form" }, all)).items.map(
        ({ headers }) => headers["webhook-id"]
      )
      expect(ids).toEqual(["msg-5", "msg-4", "msg-3"])
      expect(yield* quarantine.counts).toEqual(
        new Map([
          ["form", 3],
          ["other", 1]
        ])
      )
    }).pipe(Effect.scoped))

  test("keeps so many bytes of a source and no more", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open({ bytes: 250 })
      for (const at of [1, 2, 3, 4]) yield* refuse({ body: `${at}`.repeat(100) })
      expect((yield* quarantine.list({}, all)).items.map(({ size }) => size)).toEqual([100, 100])
      expect(yield* refuse({ body: "x".repeat(251) })).toBe(false)
      expect((yield* quarantine.list({}, all)).items).toHaveLength(2)
    }).pipe(Effect.scoped))

  test("writes no faster than it may, whatever is sent", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open({ perMinute: 2 })
      expect(yield* Effect.replicateEffect(refuse(), 4)).toEqual([true, true, false, false])
      expect((yield* quarantine.list({}, all)).items).toHaveLength(2)
    }).pipe(Effect.scoped))

  test("lets go of what is too old", () =>
    Effect.gen(function* () {
      const { refuse } = yield* open()
      yield* refuse({ id: "old" })
      yield* refuse({ id: "new" })
      const sql = yield* SqlClient.SqlClient
      const old = Duration.toMillis("14 days") + 1
      yield* sql`UPDATE quarantined SET last_at = last_at - ${old} WHERE headers LIKE '%"old"%'`
      const { quarantine } = yield* open()
      yield* eventually(quarantine.counts, (counts) => counts.get("form") === 1)
    }).pipe(Effect.scoped))

  test("is discarded by id, by source or as a whole, and read in pages", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open()
      const other = yield* makeSource({ name: "other" })
      yield* Effect.replicateEffect(refuse(), 5)
      yield* refuse({ of: other })
      const first = yield* quarantine.list({ source: "form" }, { limit: 3 })
      const second = yield* quarantine.list({ source: "form" }, { limit: 3, after: first.next ?? "" })
      expect([first.items.length, second.items.length, second.next]).toEqual([3, 2, null])
      expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(5)
      expect(yield* quarantine.discard({ ids: [first.items[0]?.id ?? "", "qu_none"] })).toEqual({
        discarded: 1,
        unknown: ["qu_none"]
      })
      expect(yield* quarantine.discard({})).toEqual({ discarded: 0, unknown: [] })
      expect(yield* quarantine.release({}, { ...by, unverified: true })).toMatchObject({ released: 0 })
      expect(yield* quarantine.discard({ source: "other" })).toEqual({ discarded: 1, unknown: [] })
      expect(yield* quarantine.discard({ all: true })).toEqual({ discarded: 4, unknown: [] })
    }).pipe(Effect.scoped))

  test("of a source that is not configured any more nothing is released, and it can be looked at", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse()
      yield* configure({ name: "renamed" })
      const [kept] = (yield* quarantine.list({}, all)).items
      expect(kept).toMatchObject({
        source: "form",
        headers: {
          "content-type": "application/json",
          "webhook-id": "•••",
          "webhook-timestamp": "•••",
          "webhook-signature": "•••"
        }
      })
      expect(yield* quarantine.get(kept?.id ?? "")).toMatchObject({
        verifies: false,
        refusal: { reason: "SourceNotConfigured" },
        findings: []
      })
      expect(yield* quarantine.release({ all: true }, { ...by, unverified: true })).toMatchObject({
        released: 0,
        refused: 1
      })
    }).pipe(Effect.scoped))

  test("a person who is forgotten is forgotten here as well", (_, operations) =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open()
      yield* refuse()
      yield* refuse({ body: '{"email":"bob@example.com"}' })
      expect(yield* operations.forget(alice.member)).toMatchObject({ invitations: 0, quarantined: 1 })
      expect((yield* quarantine.list({}, all)).items).toHaveLength(1)
    }).pipe(Effect.scoped))
})
