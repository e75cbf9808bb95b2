/** Deliveries whose bodies are compressed, from the request to the mapping, and through the quarantine. */
import { describe, expect, it } from "@effect/vitest"
import { ByteSize, DateTime, Effect, Layer, Option, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClient, HttpClientRequest } from "effect/http"
import { type DeliveryId, Secret, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import {
  Inbox,
  Mapper,
  Operations,
  Preview,
  Quarantine,
  QuarantineSql,
  Receiver,
  type Source,
  Sources
} from "../../src/index.ts"
import { layerExpressions } from "../evaluator.ts"
import {
  alice,
  body,
  eventually,
  layerInbox,
  layerSources,
  makeSource,
  secret,
  sender,
  serve
} from "../fixtures.ts"
import { layerJudge } from "../judge.ts"

const publicUrl = "https://hooks.example.com"
const bytes = new TextEncoder().encode(body)

/** A receiver, a mapper and a quarantine for one source. */
const relay = (options?: Partial<Source.Options>, maxBodySize = ByteSize.mebibytes(1)) =>
  Layer.merge(serve(Receiver.layer({ publicUrl, maxBodySize })), Mapper.layer).pipe(
    Layer.provideMerge(QuarantineSql.layer({ publicUrl })),
    Layer.provide(layerJudge),
    Layer.provideMerge(layerSources(options)),
    Layer.provideMerge(Layer.merge(layerInbox, SecureRandom.layerWebCrypto))
  )

interface Sent {
  readonly encoding: string
  /** What goes over the wire. */
  readonly body: Uint8Array
  /** What is signed. */
  readonly signed: Uint8Array
  readonly sender?: Parameters<typeof sign>[0]
  readonly secret?: string
  readonly id?: string
}

const send = Effect.fnUntraced(function* (sent: Sent) {
  const { headers } = yield* sign(sent.sender ?? sender, {
    secret: sent.secret ?? secret,
    id: sent.id ?? "msg-1",
    body: sent.signed,
    at: yield* DateTime.now
  })
  return yield* HttpClientRequest.post("/webhooks/form").pipe(
    HttpClientRequest.bodyUint8Array(sent.body, "application/json"),
    HttpClientRequest.setHeaders({ ...headers, "content-encoding": sent.encoding }),
    HttpClient.execute
  )
})

/** The webhooks, once they are mapped. */
const mapped = Operations.Operations.use((operations) =>
  eventually(
    Effect.map(operations.searchWebhooks({}, { limit: 10 }), ({ items }) => items),
    (items) => items.length > 0 && items.every(({ status }) => status !== "received")
  )
)

const compressions: ReadonlyArray<[encoding: string, compressed: Uint8Array]> = [
  ["gzip", gzipSync(bytes)],
  ["deflate", deflateSync(bytes)],
  ["deflate", deflateRawSync(bytes)],
  ["br", brotliCompressSync(bytes)],
  ["gzip, br", brotliCompressSync(gzipSync(bytes))]
]

describe("a compressed delivery", () => {
  it.effect.each(
    compressions.flatMap(([encoding, compressed]) => [
      [encoding, "as it was sent", compressed, compressed] as const,
      [encoding, "before it was compressed", compressed, bytes] as const
    ])
  )("by %s, signed %s, is stored as it was sent and mapped", ([encoding, , compressed, signed]) =>
    Effect.gen(function* () {
      expect((yield* send({ encoding, body: compressed, signed })).status).toBe(202)
      const [webhook] = yield* mapped
      expect(webhook).toMatchObject({ status: "mapped", headers: { "content-encoding": encoding } })
      expect(Buffer.from(webhook?.body ?? []).equals(compressed)).toBe(true)
      const operations = yield* Operations.Operations
      expect(yield* operations.invitations(webhook?.id ?? "")).toMatchObject([alice])
    }).pipe(Effect.provide(relay()))
  )

  it.effect("has the id that stands in its body, with every digit", () => {
    const deliveryId: DeliveryId.DeliveryId = { json: "id" }
    const numbered = (id: string) => new TextEncoder().encode(`{"id":${id},"live":"live-1","email":"a@b.cd"}`)
    return Effect.gen(function* () {
      for (const id of ["813683310949021977", "813683310949021978"]) {
        const body = gzipSync(numbered(id))
        expect(
          (yield* send({ encoding: "gzip", body, signed: body, sender: token, secret: "s3cret" })).status
        ).toBe(200)
      }
      const ids = (yield* mapped).map(({ deliveryId }) => deliveryId)
      expect(ids.toSorted()).toEqual(["813683310949021977", "813683310949021978"])
    }).pipe(Effect.provide(relay({ sender: token, secrets: [Secret.make("s3cret")], deliveryId })))
  })

  it.effect("is seen by a preview as its mapping saw it", () =>
    Effect.gen(function* () {
      const body = gzipSync(bytes)
      yield* send({ encoding: "gzip", body, signed: body })
      yield* mapped
      const source = yield* makeSource()
      const differences = yield* Stream.runCollect(Preview.differences({ source }))
      expect([...differences].map(Preview.isChange)).toEqual([false])
    }).pipe(Effect.provide(Layer.merge(relay(), layerExpressions)))
  )

  it.effect("may not be longer than the limit once it is decompressed", () =>
    Effect.gen(function* () {
      const body = gzipSync(
        new TextEncoder().encode(JSON.stringify({ live: "live-1", pad: "x".repeat(2_000) }))
      )
      expect(body.length).toBeLessThan(1_000)
      const response = yield* send({ encoding: "gzip", body, signed: body })
      expect(response.status).toBe(415)
      expect(yield* response.text).toMatch(
        /compressed by gzip, is longer than 1,?000 B once it is decompressed/
      )
    }).pipe(Effect.provide(relay({}, ByteSize.bytes(1_000))))
  )

  it.effect("that is a handshake is answered, whichever of its bodies is signed", () => {
    const slack = Option.getOrThrow(Senders.get("slack"))
    const challenge = new TextEncoder().encode(JSON.stringify({ type: "url_verification", challenge: "abc" }))
    const compressed = gzipSync(challenge)
    return Effect.gen(function* () {
      for (const signed of [challenge, compressed]) {
        const sent = { encoding: "gzip", body: compressed, signed, sender: slack, secret: "s3cret" }
        const response = yield* send(sent)
        expect([response.status, yield* response.text]).toEqual([200, "abc"])
        expect((yield* send({ ...sent, secret: "another" })).status).toBe(401)
      }
      expect(yield* Inbox.Inbox.use((inbox) => inbox.received(10))).toEqual([])
    }).pipe(Effect.provide(relay({ sender: slack, secrets: [Secret.make("s3cret")] })))
  })
})

const token = Option.getOrThrow(Senders.get("token"))

describe("a body whose encoding can't be read", () => {
  const broken: ReadonlyArray<[encoding: string, body: Uint8Array, message: string]> = [
    ["zstd", bytes, "the content encoding zstd is not supported: gzip, deflate and br are"],
    [
      "gzip",
      bytes,
      "the content encoding is gzip, but the body can't be decompressed by it: it is damaged or was not compressed"
    ],
    ["gzip, gzip, gzip, gzip", bytes, "the body has more than 3 content encodings"],
    ["gzip", gzipSync(Buffer.alloc(900_000)), "the body, compressed by gzip, is longer than"]
  ]

  it.effect.each(broken)(
    "%s is answered with 415 and kept in quarantine with its reason",
    ([encoding, body, message]) =>
      Effect.gen(function* () {
        const response = yield* send({ encoding, body, signed: body })
        expect(response.status).toBe(415)
        expect(response.headers).toMatchObject({
          "content-type": "application/problem+json",
          "accept-encoding": "gzip, deflate, br"
        })
        expect(yield* response.text).toContain(message)
        expect(yield* Inbox.Inbox.use((inbox) => inbox.received(10))).toEqual([])
        const quarantine = yield* Quarantine.Quarantine
        const { items } = yield* quarantine.list({}, { limit: 10 })
        expect(items).toMatchObject([
          { reason: "UnreadableEncoding", message: expect.stringContaining(message) }
        ])
        const detail = yield* quarantine.get(items[0]?.id ?? "")
        expect(detail).toMatchObject({ verifies: false, body: expect.anything() })
        expect(yield* quarantine.release({ all: true }, { by: "ops" })).toMatchObject({
          released: 0,
          refused: 1
        })
      }).pipe(Effect.provide(relay()))
  )

  it.effect("is answered with 503 and a time to come again where the sender would give up on 415", () => {
    const hubspot = { ...sender, disablingStatuses: [415] }
    return Effect.gen(function* () {
      const response = yield* send({ encoding: "zstd", body: bytes, signed: bytes })
      expect([response.status, response.headers["retry-after"]]).toEqual([503, "60"])
    }).pipe(Effect.provide(relay({ sender: hubspot })))
  })

  it.effect("is unmappable, and says why, where an operator releases it all the same", () =>
    Effect.gen(function* () {
      yield* send({ encoding: "zstd", body: bytes, signed: bytes })
      const quarantine = yield* Quarantine.Quarantine
      expect(yield* quarantine.release({ all: true }, { by: "ops", unverified: true })).toMatchObject({
        released: 1
      })
      const [webhook] = yield* mapped
      expect([webhook?.status, webhook?.reason]).toEqual([
        "unmappable",
        "the content encoding zstd is not supported: gzip, deflate and br are"
      ])
    }).pipe(Effect.provide(relay()))
  )
})

describe("a compressed delivery in quarantine", () => {
  it.effect("goes when a person in it is forgotten, and stays for anybody else", () =>
    Effect.gen(function* () {
      yield* send({
        encoding: "gzip",
        body: gzipSync(bytes),
        signed: bytes,
        secret: `whsec_${btoa("another secret")}`
      })
      const quarantine = yield* Quarantine.Quarantine
      const operations = yield* Operations.Operations
      const count = Effect.map(quarantine.list({}, { limit: 10 }), ({ items }) => items.length)
      yield* operations.forget("somebody.else@example.com")
      expect(yield* count).toBe(1)
      yield* operations.forget(alice.member)
      expect(yield* count).toBe(0)
    }).pipe(Effect.provide(relay()))
  )

  const mended = `whsec_${btoa("the secret that the sender has")}`

  it.effect.each([
    ["as it was sent", gzipSync(bytes)],
    ["before it was compressed", bytes]
  ] as const)("that was signed %s verifies once the secret is mended, and is released", ([, signed]) =>
    Effect.gen(function* () {
      const compressed = gzipSync(bytes)
      expect((yield* send({ encoding: "gzip", body: compressed, signed, secret: mended })).status).toBe(401)
      const source = yield* makeSource({ secrets: [Secret.make(mended)] })
      yield* Sources.Sources.use((sources) => sources.replace(new Map([[source.name, source]])))
      const quarantine = yield* Quarantine.Quarantine
      const { items } = yield* quarantine.list({}, { limit: 10 })
      expect(yield* quarantine.get(items[0]?.id ?? "")).toMatchObject({ verifies: true })
      expect(yield* quarantine.release({ all: true }, { by: "ops" })).toMatchObject({
        released: 1,
        refused: 0
      })
      const [webhook] = yield* mapped
      expect(webhook).toMatchObject({ status: "mapped", deliveryId: "msg-1" })
      expect(Buffer.from(webhook?.body ?? []).equals(compressed)).toBe(true)
    }).pipe(Effect.provide(relay()))
  )
})
