/** Releasing from quarantine: what stays and why, what had been accepted before, and who did it. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Secret } from "@usher/signatures"
import type { Webhook } from "@usher/model"
import { Inbox } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { body, secret, sender } from "../../fixtures.ts"
import { all, by, mend, open, stored } from "../../refusing.ts"

const forger = `whsec_${btoa("a forger's own secret")}`

/** An Inbox that notes what it is asked to accept. */
const noting = Effect.map(Inbox.Inbox, (inbox) => {
  const accepted: Array<Webhook.NewWebhook> = []
  const accept: Inbox.Inbox["Service"]["accept"] = (webhook) => {
    accepted.push(webhook)
    return inbox.accept(webhook)
  }
  return { accepted, inbox: Inbox.Inbox.of({ ...inbox, accept }) }
})

onEach((test) => {
  test("says of each delivery that stays why it stays, and counts them by reason", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse({ id: "msg-good" })
      yield* refuse({ id: "msg-forged", secret: forger })
      yield* refuse({ id: "msg-late" })
      const sql = yield* SqlClient.SqlClient
      const late = Duration.toMillis("10 minutes")
      yield* sql`UPDATE quarantined SET last_at = last_at + ${late} WHERE headers LIKE '%msg-late%'`
      yield* configure(mend)
      const ids = (yield* quarantine.list({}, all)).items.map(({ id }) => id).toReversed()
      expect(yield* quarantine.release({ ids: [...ids, "qu_none"] }, by)).toEqual({
        released: 1,
        duplicates: 0,
        refused: 2,
        reasons: { NoSecretMatches: 1, TooOld: 1 },
        stayed: [
          {
            id: ids[1],
            source: "form",
            reason: "NoSecretMatches",
            message: expect.stringMatching(/^no current secret/)
          },
          {
            id: ids[2],
            source: "form",
            reason: "TooOld",
            message: expect.stringMatching(/^signed 600 s ago/)
          }
        ],
        unknown: ["qu_none"]
      })
    }).pipe(Effect.scoped))

  test("says so of a delivery whose source is not configured any more, also on an operator's word", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse()
      yield* configure({ name: "renamed" })
      expect(yield* quarantine.release({ all: true }, { ...by, unverified: true })).toMatchObject({
        released: 0,
        refused: 1,
        reasons: { SourceNotConfigured: 1 },
        stayed: [{ source: "form", message: "its source was removed from the configuration" }]
      })
    }).pipe(Effect.scoped))

  test("counts all that stay and lists the first 100", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open({ perMinute: 200 })
      for (let number = 0; number < 103; number++) yield* refuse()
      const released = yield* quarantine.release({ source: "form" }, by)
      expect(released).toMatchObject({ released: 0, refused: 103, reasons: { NoSecretMatches: 103 } })
      expect(new Set(released.stayed.map(({ id }) => id)).size).toBe(100)
    }).pipe(Effect.scoped))

  test("nothing is selected by an empty list of ids", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse()
      yield* configure(mend)
      expect(yield* quarantine.release({ ids: [] }, by)).toMatchObject({
        released: 0,
        refused: 0,
        unknown: []
      })
      expect(yield* quarantine.discard({ ids: [] })).toEqual({ discarded: 0, unknown: [] })
    }).pipe(Effect.scoped))

  test("tells the released that their sender's retry had been accepted before", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure, accept } = yield* open()
      yield* refuse({ id: "msg-a" })
      yield* refuse({ id: "msg-b" })
      yield* configure(mend)
      yield* accept({ id: "msg-a" })
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({
        released: 2,
        duplicates: 1,
        refused: 0
      })
      expect(yield* stored(inbox)).toHaveLength(2)
    }).pipe(Effect.scoped))

  test("hands over who released it, when, and whether its signature verified", () =>
    Effect.gen(function* () {
      const { accepted, inbox } = yield* noting
      yield* Effect.gen(function* () {
        const { quarantine, refuse, configure } = yield* open()
        yield* refuse({ id: "msg-a" })
        yield* refuse({ id: "msg-b", secret: forger })
        yield* configure(mend)
        const received = yield* DateTime.now
        yield* quarantine.release({ all: true }, by)
        yield* quarantine.release({ all: true }, { by: "grace", unverified: true })
        const at = yield* DateTime.now
        expect(accepted).toMatchObject([
          { deliveryId: "msg-a", receivedAt: received, release: { at, by: "ops", verified: true } },
          { deliveryId: "msg-b", receivedAt: received, release: { at, by: "grace", verified: false } }
        ])
      }).pipe(Effect.provideService(Inbox.Inbox, inbox))
    }).pipe(Effect.scoped))

  test("is repeated after a failure, and accepts nothing twice", (inbox) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      // The database fails after the delivery was accepted and before it left the quarantine.
      const failing = Inbox.Inbox.of({
        ...inbox,
        accept: (webhook) =>
          Effect.tap(inbox.accept(webhook), () =>
            Effect.orDie(sql`ALTER TABLE quarantined RENAME TO quarantined_away`)
          )
      })
      const { quarantine, refuse, configure } = yield* open().pipe(
        Effect.provideService(Inbox.Inbox, failing)
      )
      yield* refuse({ id: "msg-a" })
      yield* configure(mend)
      expect(yield* Effect.flip(quarantine.release({ all: true }, by))).toMatchObject({
        _tag: "InboxUnavailable"
      })
      yield* sql`ALTER TABLE quarantined_away RENAME TO quarantined`
      const again = yield* open()
      yield* again.configure(mend)
      expect(yield* again.quarantine.release({ all: true }, by)).toMatchObject({ released: 1, duplicates: 1 })
      expect(yield* stored(inbox)).toHaveLength(1)
      expect((yield* again.quarantine.list({}, all)).items).toEqual([])
    }).pipe(Effect.scoped))

  test("says why a delivery still does not verify, by the present configuration", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse()
      const id = (yield* quarantine.list({}, all)).items[0]?.id ?? ""
      expect(yield* quarantine.get(id)).toMatchObject({
        verifies: false,
        refusal: { reason: "NoSecretMatches", message: expect.stringContaining("#1") }
      })
      yield* configure({ secrets: [Secret.make(secret), Secret.make(forger, { label: "second" })] })
      expect(yield* quarantine.get(id)).toMatchObject({
        refusal: { message: expect.stringContaining("#1, second") }
      })
      yield* configure(mend)
      expect(yield* quarantine.get(id)).toMatchObject({ verifies: true, refusal: null })
    }).pipe(Effect.scoped))

  for (const [what, options] of [
    ["its scheme signs", {}],
    ["its scheme signs, whatever the source names", { deliveryId: { body: "sha256" } }],
    ["a header with a secret-like name carries", { deliveryId: { header: "X-Idempotency-Token" } }]
  ] as const) {
    for (const unverified of [false, true]) {
      test(`keeps the id that ${what}, released ${unverified ? "unverified" : "verified"}: a retry is a duplicate`, (inbox) =>
        Effect.gen(function* () {
          const scheme = {
            scheme: "hmac",
            header: "x-acme-signature",
            timestamp: { header: "x-acme-signature-timestamp" },
            parts: ["timestamp", ".", { header: "x-acme-signature-user" }, ".", "body"]
          } as const
          const usual = what.startsWith("its scheme")
          const source = { ...options, sender: usual ? sender : { ...sender, name: "custom", scheme } }
          const { quarantine, refuse, configure, accept } = yield* open({}, source)
          const headers = usual ? {} : { "x-acme-signature-user": "ada", "x-acme-secret": "s" }
          const id = usual ? "msg-a" : "token-1"
          yield* refuse({ id, headers })
          const word = unverified ? { ...by, unverified } : by
          if (!unverified) yield* configure({ ...source, ...mend })
          expect(yield* quarantine.release({ all: true }, word)).toMatchObject({ released: 1, duplicates: 0 })
          if (unverified) yield* configure({ ...source, ...mend })
          const [released] = yield* stored(inbox)
          expect(released?.deliveryId).toBe(id)
          expect(yield* accept({ id, headers })).toEqual({ id: released?.id, duplicate: true })
        }).pipe(Effect.scoped))
    }
  }

  test("releases what an earlier version kept", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse({ id: "msg-a" })
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ headers: string }>`SELECT headers FROM quarantined`
      const { shown, masked } = JSON.parse(row?.headers ?? "")
      yield* sql`UPDATE quarantined SET headers = ${JSON.stringify({ ...shown, ...masked })}`
      expect((yield* quarantine.list({}, all)).items).toMatchObject([
        { headers: { "webhook-id": "msg-a", "webhook-signature": "•••" } }
      ])
      yield* configure(mend)
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 1 })
      expect(yield* stored(inbox)).toMatchObject([
        { deliveryId: "msg-a", body: new TextEncoder().encode(body) }
      ])
    }).pipe(Effect.scoped))
})
