/** From a wrong secret to a released delivery, and to the sender's retry: for schemes whose headers are called anything. */
import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, DateTime, Effect, FileSystem, Layer } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import type { Scheme, Sender } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { layerEvaluator } from "../../../../../packages/engine/test/evaluator.ts"
import { layerJudge } from "../../../../../packages/engine/test/judge.ts"
import * as ConfigFile from "../../../src/config/ConfigFile.ts"
import * as Server from "../../../src/server/Server.ts"
import { admin, client, tokens } from "../../admin/harness.ts"
import { folder, isolated, sandbox, secrets, senderNamed } from "../../harness.ts"

const publicUrl = "https://hooks.example.com"
const right = `whsec_${btoa("the secret that the sender has")}`
const wrong = `whsec_${btoa("a secret that was mistyped")}`

interface Case {
  /** Of the source, in YAML. */
  readonly source: string
  readonly signer: Sender.Sender | Scheme.Scheme
  readonly id?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly query?: string
  /** Its delivery id, where it is not the body's. */
  readonly deliveryId?: string
  /** The names of the headers that are masked. */
  readonly masked: ReadonlyArray<string>
}

const acme = { scheme: "hmac", header: "x-acme-signature" } as const
const events = JSON.stringify([
  { portalId: 1, subscriptionType: "contact.creation", objectId: 2, eventId: 3, occurredAt: 4 }
])
const hubspot = {
  body: events,
  masked: ["x-hubspot-signature", "x-hubspot-signature-version"]
}

const cases: Readonly<Record<string, Case>> = {
  "HubSpot's v3": {
    body: events,
    masked: ["x-hubspot-signature-v3"],
    source: "sender: hubspot",
    signer: senderNamed("hubspot")
  },
  "HubSpot's v1": { ...hubspot, source: "sender: hubspot-v1", signer: senderNamed("hubspot-v1") },
  "HubSpot's v2": { ...hubspot, source: "sender: hubspot-v2", signer: senderNamed("hubspot-v2") },
  "Twilio's idempotency token": {
    source: "sender: twilio",
    signer: senderNamed("twilio"),
    id: "token-1",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "MessageSid=SM1&MessageStatus=received&From=%2B15005550006",
    deliveryId: "token-1",
    masked: ["i-twilio-idempotency-token", "x-twilio-signature"]
  },
  "a signed time in x-acme-signature-timestamp": {
    source: `sender: custom
    verify:
      scheme: hmac
      header: x-acme-signature
      timestamp: { header: X-Acme-Signature-Timestamp }
      parts: [timestamp, ".", body]
      tolerance: 5 minutes`,
    signer: {
      ...acme,
      timestamp: { header: "x-acme-signature-timestamp" },
      parts: ["timestamp", ".", "body"]
    },
    masked: ["x-acme-signature", "x-acme-signature-timestamp"]
  },
  "a signed header x-acme-signature-time": {
    source: `sender: custom
    verify: { scheme: hmac, header: x-acme-signature, parts: [{ header: X-Acme-Signature-Time }, body] }`,
    signer: { ...acme, parts: [{ header: "x-acme-signature-time" }, "body"] },
    headers: { "x-acme-signature-time": "1764000000" },
    masked: ["x-acme-signature", "x-acme-signature-time"]
  },
  "a version in x-acme-secret-version, of a by-header scheme": {
    source: `sender: custom
    verify:
      scheme: by-header
      choices:
        - header: X-Acme-Secret-Kind
          value: b
          use: { scheme: hmac, header: x-acme-signature, version: { header: X-Acme-Secret-Version, value: v1 } }`,
    signer: {
      scheme: "by-header",
      choices: [
        {
          header: "x-acme-secret-kind",
          value: "b",
          use: { ...acme, version: { header: "x-acme-secret-version", value: "v1" } }
        }
      ]
    },
    masked: ["x-acme-signature", "x-acme-secret-kind", "x-acme-secret-version"]
  },
  "a delivery id in x-idempotency-token": {
    source: `sender: custom
    verify: { scheme: hmac, header: x-acme-signature }
    deliveryId: { header: X-Idempotency-Token }`,
    signer: acme,
    headers: { "x-idempotency-token": "token-1" },
    deliveryId: "token-1",
    masked: ["x-acme-signature", "x-idempotency-token"]
  },
  "a delivery id composed of x-acme-token and the body": {
    source: `sender: custom
    verify: { scheme: hmac, header: x-acme-signature }
    deliveryId: { first: [{ all: [{ header: X-Acme-Token }, { json: email }] }, { header: x-request-id }] }`,
    signer: acme,
    headers: { "x-acme-token": "token-1" },
    // An id in which an address stands is kept as a keyed hash.
    deliveryId: expect.stringMatching(/^keyed:[\w-]{22}$/),
    masked: ["x-acme-signature", "x-acme-token"]
  },
  "an id that a custom scheme signs": {
    source: `sender: custom
    verify: { scheme: standard-webhooks, prefixes: [x-acme-token-] }`,
    signer: { scheme: "standard-webhooks", prefixes: ["x-acme-token-"] },
    id: "msg-1",
    deliveryId: "msg-1",
    masked: ["x-acme-token-id", "x-acme-token-signature", "x-acme-token-timestamp"]
  },
  "a token in the query": {
    source: `sender: custom
    verify: { scheme: token, query: key }`,
    signer: { scheme: "token", query: "key" },
    masked: []
  },
  "a token in a header with a plain name": {
    source: `sender: custom
    verify: { scheme: token, header: X-Acme }`,
    signer: { scheme: "token", header: "x-acme" },
    masked: ["x-acme"]
  },
  "a bearer token": {
    source: `sender: custom
    verify: { scheme: token, header: Authorization, prefix: "Bearer " }`,
    signer: { scheme: "token", header: "authorization", prefix: "Bearer " },
    masked: ["authorization"]
  }
}

const environment = ConfigProvider.fromEnv({ env: { ...secrets, ...tokens } })

/** A relay with this source, whose secret is wrong until it is corrected. */
const running = Effect.fnUntraced(
  function* ({ source }: Case) {
    const fs = yield* FileSystem.FileSystem
    const upstream = yield* sandbox
    const home = yield* folder(`
server: { port: 0, publicUrl: "${publicUrl}" }
database: sqlite:./usher.db
spots:
  main: { secretKey: { env: SPOT_KEY }, baseUrl: "${upstream.url}" }
${admin}
sources:
  acme:
    ${source}
    secrets: [{ file: ./acme.secret }]
    spot: main
    invite: { live: live-acme, member: { expr: email } }
`)
    const write = (secret: string) => fs.writeFileString(`${home.path}/acme.secret`, secret)
    yield* write(wrong)
    const config = yield* ConfigFile.load(home.file)
    const services = yield* Layer.build(
      Server.layer(config, { file: home.file }).pipe(
        Layer.provideMerge(Server.layerInbox(config)),
        Layer.provide([layerEvaluator, layerJudge])
      )
    )
    const url = yield* Effect.provide(Server.url, services)
    const operator = yield* client(url, tokens.OPERATE_TOKEN)
    return { url, operator, correct: Effect.andThen(write(right), operator.upkeep.reload()) }
  },
  Effect.provideService(ConfigProvider.ConfigProvider, environment)
)

/** Signs as the sender does, at this moment, and sends. */
const send = Effect.fnUntraced(function* (url: string, { signer, id, headers, body }: Case) {
  const signed = yield* sign(signer, {
    secret: right,
    body: body ?? '{"email":"ada@example.com"}',
    at: yield* DateTime.now,
    url: `${publicUrl}/webhooks/acme`,
    ...(id === undefined ? {} : { id }),
    headers: { "content-type": "application/json", ...headers }
  })
  const response = yield* HttpClientRequest.post(signed.url.replace(publicUrl, url)).pipe(
    HttpClientRequest.setHeaders(signed.headers),
    HttpClientRequest.bodyUint8Array(signed.body, signed.headers["content-type"] ?? ""),
    HttpClient.execute,
    Effect.provideService(HttpClient.TracerPropagationEnabled, false)
  )
  const { status } = response
  // Twilio gets a document of its own.
  const isJson = response.headers["content-type"]?.includes("json") ?? false
  return { status, json: isJson ? yield* response.json : undefined, sent: signed }
})

const masks = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).flatMap(([name, value]) => (value === "•••" ? [name] : []))

describe("a delivery that was refused by a wrong secret", () => {
  for (const [what, one] of Object.entries(cases)) {
    it.live(`is released verified, and its retry is a duplicate with the same id: ${what}`, () =>
      Effect.gen(function* () {
        const { url, operator, correct } = yield* running(one)
        const refused = yield* send(url, one)
        expect([401, 503]).toContain(refused.status)
        const [item] = (yield* operator.quarantine.list({ query: {} })).items
        const params = { id: item?.id ?? "" }
        const before = yield* operator.quarantine.get({ params })
        expect(before).toMatchObject({ verifies: false, refusal: { reason: "NoSecretMatches" } })
        expect(before.refusal?.message).toMatch(/no current secret/)
        expect(masks(before.headers).toSorted()).toEqual(one.masked.toSorted())
        const said = JSON.stringify(before)
        const proofs = one.masked.map((name) => refused.sent.headers[name] ?? "not sent")
        expect([right, ...proofs].filter((proof) => proof.length > 3 && said.includes(proof))).toEqual([])
        expect(yield* operator.quarantine.release({ payload: { all: true } })).toMatchObject({
          released: 0,
          refused: 1,
          reasons: { NoSecretMatches: 1 },
          stayed: [{ id: params.id, source: "acme", message: expect.stringMatching(/no current secret/) }]
        })

        yield* correct
        expect(yield* operator.quarantine.get({ params })).toMatchObject({ verifies: true, refusal: null })
        expect(yield* operator.quarantine.release({ payload: { ids: [params.id] } })).toEqual({
          released: 1,
          duplicates: 0,
          refused: 0,
          reasons: {},
          stayed: [],
          unknown: []
        })
        const [webhook] = (yield* operator.webhooks.search({ payload: {} })).items
        expect(webhook).toMatchObject(one.deliveryId === undefined ? {} : { deliveryId: one.deliveryId })
        const retry = yield* send(url, one)
        const acknowledged = { id: webhook?.id, status: "duplicate" }
        expect(retry).toMatchObject({
          status: 200,
          ...(retry.json === undefined ? {} : { json: acknowledged })
        })
        expect((yield* operator.webhooks.search({ payload: {} })).items).toHaveLength(1)
        const detail = yield* operator.webhooks.get({ params: { id: webhook?.id ?? "" } })
        const kept = JSON.stringify(detail.headers)
        expect(proofs.filter((proof) => proof.length > 10 && kept.includes(proof))).toEqual([])
      }).pipe(isolated)
    )
  }

  for (const what of ["an id that a custom scheme signs", "a delivery id in x-idempotency-token"]) {
    it.live(`is released unverified, and its retry is a duplicate with the same id: ${what}`, () =>
      Effect.gen(function* () {
        const one = cases[what]
        if (one === undefined) return expect.fail("no such case")
        const { url, operator, correct } = yield* running(one)
        yield* send(url, one)
        const payload = { source: "acme", unverified: true }
        expect(yield* operator.quarantine.release({ payload })).toMatchObject({ released: 1, duplicates: 0 })
        yield* correct
        const [webhook] = (yield* operator.webhooks.search({ payload: {} })).items
        expect(webhook?.deliveryId).toEqual(one.deliveryId)
        expect((yield* send(url, one)).json).toEqual({ id: webhook?.id, status: "duplicate" })
      }).pipe(isolated)
    )
  }

  it.live("counts as released when its sender's retry had been accepted before", () =>
    Effect.gen(function* () {
      const one = cases["HubSpot's v2"]
      if (one === undefined) return expect.fail("no such case")
      const { url, operator, correct } = yield* running(one)
      yield* send(url, one)
      yield* correct
      const retry = yield* send(url, one)
      expect(retry.json).toMatchObject({ status: "accepted" })
      expect(yield* operator.quarantine.release({ payload: { all: true } })).toMatchObject({
        released: 1,
        duplicates: 1,
        refused: 0
      })
      expect((yield* operator.webhooks.search({ payload: {} })).items).toHaveLength(1)
      const [entry] = (yield* operator.audit.list({ query: { what: "quarantine.release" } })).items
      expect(entry).toMatchObject({
        who: "ops",
        result: "done: 1 released, 1 of them accepted before, 0 refused"
      })
    }).pipe(isolated)
  )
})
