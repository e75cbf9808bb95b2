/** Which headers a refused delivery keeps, and which of their values anybody gets to see. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { DeliveryId, Scheme, Secret, type Sender, Senders, Verifier } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import type { Sources } from "../../src/index.ts"
import * as headers from "../../src/source/headers.ts"
import { onEach } from "../databases.ts"
import { makeSource, secret, sender } from "../fixtures.ts"
import { all, by, open } from "../refusing.ts"

const at = DateTime.makeUnsafe("2026-11-23T09:00:00Z")

const names = [
  "x-acme-signature",
  "x-acme-signature-time",
  "x-idempotency-token",
  "x-secret-version",
  "authorization",
  "cookie",
  "x-api-key",
  "x-password",
  "x-acme"
] as const

const Roles = Schema.Struct({
  proof: Schema.Literals(names),
  version: Schema.Literals(names),
  timestamp: Schema.Literals(names),
  signed: Schema.Literals(names),
  id: Schema.Literals(names),
  event: Schema.Literals(names)
})

const senderOf = ({ proof, version, timestamp, signed, id, event }: typeof Roles.Type): Sender.Sender => ({
  ...sender,
  scheme: {
    scheme: "hmac",
    header: proof,
    version: { header: version, value: "v1" },
    timestamp: { header: timestamp },
    parts: ["timestamp", { header: signed }, "body"]
  },
  deliveryId: { first: [{ all: [{ header: id.toUpperCase() }] }] },
  events: { name: { header: event }, signUps: [] }
})

const every = Object.fromEntries(names.map((name) => [name, `value of ${name}`]))

describe("the headers of a refused delivery", () => {
  it.effect("verify a delivery of every sender as before, and tell the same id", () =>
    Effect.gen(function* () {
      for (const row of Senders.all) {
        const given = row.scheme.scheme === "basic" ? `relay:${secret}` : secret
        const delivery = yield* sign(row, {
          secret: given,
          url: "https://hooks.example.com/webhooks/form",
          // Linear signs the time in its body.
          body: row.mediaTypes.some((type) => type !== "application/json")
            ? "type=a&id=1"
            : `{"webhookTimestamp":${DateTime.toEpochMillis(at)}}`,
          at,
          id: "id-1",
          headers: { "content-type": "application/x-www-form-urlencoded", cookie: "session=1", "x-acme": "1" }
        })
        const { shown, masked } = headers.verifiable(delivery.headers, [row])
        const kept = { ...delivery, headers: { ...shown, ...masked } }
        const verifier = yield* Verifier.make({ scheme: row.scheme, secrets: [Secret.make(given)] })
        const before = yield* verifier.verifyAt(delivery, at)
        expect([row.name, (yield* verifier.verifyAt(kept, at)).secret]).toEqual([row.name, before.secret])
        expect(DeliveryId.of(row.deliveryId, kept)).toBe(DeliveryId.of(row.deliveryId, delivery))
        expect(kept.headers).not.toHaveProperty("cookie")
        const proofs = Scheme.proofHeaders(row.scheme)
        expect(Object.keys(shown).filter((name) => proofs.includes(name))).toEqual([])
        const accepted = headers.kept(delivery.headers, headers.keptNames(row, [], []))
        expect(Object.keys(accepted).filter((name) => proofs.includes(name))).toEqual([])
      }
    })
  )

  it.effect.prop("are all that the scheme, the id and the event read, under any name", [Roles], ([roles]) =>
    Effect.sync(() => {
      const custom = senderOf(roles)
      const verifiable = headers.verifiable(every, [custom])
      const kept = { ...verifiable.shown, ...verifiable.masked }
      const read = [
        ...Scheme.headersRead(custom.scheme),
        ...DeliveryId.headersRead(custom.deliveryId),
        roles.event
      ]
      for (const name of read.filter((name) => name in every)) expect(kept[name]).toBe(every[name])
      const shown = headers.masked(verifiable, [custom])
      expect(Object.keys(shown).toSorted()).toEqual(Object.keys(kept).toSorted())
      for (const [name, value] of Object.entries(shown)) {
        const isPlain = name === "x-acme" && roles.proof !== "x-acme"
        expect([name, value]).toEqual([name, isPlain ? every[name] : "•••"])
      }
      const accepted = headers.kept(every, headers.keptNames(custom, [], names))
      expect(accepted).not.toHaveProperty(roles.proof)
      expect(accepted).not.toHaveProperty("authorization")
      expect(accepted).not.toHaveProperty("cookie")
    })
  )

  it("of an accepted webhook hold its id and its event, whatever they are called, and no secret", () => {
    const twilio = headers.kept(
      {
        "i-twilio-idempotency-token": "token-1",
        "x-twilio-signature": "signature",
        "x-other-token": "secret",
        "user-agent": "TwilioProxy"
      },
      headers.keptNames(Senders.all.find(({ name }) => name === "twilio") ?? sender, [], [])
    )
    expect(twilio).toEqual({ "i-twilio-idempotency-token": "token-1", "user-agent": "TwilioProxy" })
    const custom: Sender.Sender = {
      ...sender,
      scheme: { scheme: "token", header: "x-acme" },
      deliveryId: { header: "Authorization" },
      events: { name: { header: "x-event-token" }, signUps: ["signed-up"] }
    }
    const given = { authorization: "Basic YTpi", "x-acme": "secret", "x-event-token": "signed-up" }
    expect(headers.kept(given, headers.keptNames(custom, [], []))).toEqual({ "x-event-token": "signed-up" })
  })
})

onEach((test) => {
  const tokenSender: Sender.Sender = { ...sender, scheme: { scheme: "token", header: "x-acme" } }
  const given = { "x-acme": "the token", "x-acme-app": "app-1", "x-unread-token": "of somebody else" }

  test("a credential that no source and no known sender reads is not stored", () =>
    Effect.gen(function* () {
      const { refuse } = yield* open()
      yield* refuse({ headers: { ...given, "proxy-authorization": "Basic YTpi" } })
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ headers: string }>`SELECT headers FROM quarantined`
      expect(row?.headers).toContain("the token")
      expect(row?.headers).not.toMatch(/of somebody else|YTpi|session=1/)
    }).pipe(Effect.scoped))

  test("a token of this source, or of another one, is masked", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, sources, source } = yield* open()
      yield* refuse({ headers: given })
      const other = yield* makeSource({ name: "other", sender: tokenSender })
      yield* sources.replace(
        new Map([
          [source.name, source],
          [other.name, other]
        ])
      )
      const [item] = (yield* quarantine.list({}, all)).items
      const masked = { "x-acme": "•••", "x-acme-app": "app-1", "webhook-signature": "•••" }
      expect(item?.headers).toMatchObject(masked)
      expect((yield* quarantine.get(item?.id ?? ""))?.headers).toMatchObject(masked)
    }).pipe(Effect.scoped))

  test("a token stays masked after its source was configured otherwise, and after it was removed", () =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure, sources } = yield* open({}, { sender: tokenSender })
      yield* refuse({ headers: given })
      const shown = Effect.map(quarantine.list({}, all), ({ items }) => items[0]?.headers)
      yield* configure({ sender })
      expect(yield* shown).toMatchObject({ "x-acme": "•••", "x-acme-app": "app-1" })
      yield* sources.replace(new Map() satisfies Sources.All)
      expect(yield* shown).toEqual({
        "content-type": "application/json",
        "webhook-id": "•••",
        "x-acme": "•••",
        "x-acme-app": "•••"
      })
    }).pipe(Effect.scoped))

  test("a delivery is released after its source was configured for the sender that it has", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      const scheme = {
        scheme: "hmac",
        header: "x-acme-signature",
        timestamp: { header: "x-acme-signature-time" },
        parts: ["timestamp", "body"]
      } as const
      const acme: Sender.Sender = { ...sender, scheme, deliveryId: { header: "x-request-id" } }
      yield* refuse({ as: acme, secret, id: "request-1" })
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ reasons: { MissingHeader: 1 } })
      yield* configure({ sender: acme })
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 1 })
      expect(yield* inbox.received(1)).toMatchObject([{ deliveryId: "request-1" }])
    }).pipe(Effect.scoped))
})
