import { describe, expect, it } from "@effect/vitest"
import { ByteSize, DateTime, Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Secret } from "@usher/signatures"
import { Inbox, Quarantine, Receiver, type Source } from "../../src/index.ts"
import {
  alice,
  body,
  layerInbox,
  layerSources,
  layerTracer,
  post,
  secret,
  sender,
  serve,
  traceId,
  traceparent
} from "../fixtures.ts"

/** A server that receives for one source, over an Inbox. */
const receiving = (options?: Partial<Source.Options>) =>
  serve(Receiver.layer({ publicUrl: "https://hooks.example.com", maxBodySize: ByteSize.bytes(1_000) })).pipe(
    Layer.provide(Quarantine.layerNone),
    Layer.provideMerge(layerSources(options))
  )

const receiver = receiving()

/** What was answered: its status, and its JSON. */
const read = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(response.json, (json) => ({ status: response.status, json }))

const accepted = { status: 202, json: { id: expect.stringMatching(/^wh_/), status: "accepted" } }

const stored = Inbox.Inbox.use((inbox) => inbox.received(10))

/** A problem (RFC 9457) that says what to do, and nothing of what was sent. */
const expectProblem = Effect.fnUntraced(function* (
  response: HttpClientResponse.HttpClientResponse,
  status: number,
  detail: RegExp
) {
  expect(response.headers["content-type"]).toBe("application/problem+json")
  const text = yield* response.text
  expect(JSON.parse(text)).toEqual({
    type: "about:blank",
    status,
    title: expect.any(String),
    detail: expect.stringMatching(detail)
  })
  expect(text).not.toMatch(/alice|example\.com|whsec|not-the-signature/)
})

describe("a webhook", () => {
  it.effect("is answered only after it is committed", () =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      const committed = yield* Deferred.make<Inbox.Accepted>()
      const slow = Layer.mock(Inbox.Inbox, {
        accept: () => Effect.andThen(Deferred.succeed(reached, undefined), Deferred.await(committed))
      })
      yield* Effect.gen(function* () {
        const answer = yield* Effect.forkChild(post())
        yield* Deferred.await(reached)
        yield* Effect.replicateEffect(Effect.yieldNow, 100, { discard: true })
        expect(answer.pollUnsafe()).toBeUndefined()
        yield* Deferred.succeed(committed, { id: "wh_1", duplicate: false })
        expect(yield* read(yield* Fiber.join(answer))).toEqual(accepted)
      }).pipe(Effect.provide(Layer.provide(receiver, slow)))
    })
  )

  it.effect(
    "that is refused is counted, in one write for all of ten seconds, and again after a failure",
    () =>
      Effect.gen(function* () {
        const written: Array<ReadonlyMap<string, number>> = []
        const inbox = Layer.mock(Inbox.Inbox, {
          countRefused: (counts) =>
            Effect.suspend(() =>
              written.push(new Map(counts)) === 1
                ? Effect.fail(new Inbox.InboxUnavailable({ cause: new Error("full") }))
                : Effect.void
            )
        })
        yield* Effect.gen(function* () {
          const refused = post({ secret: "whsec_dGhlIG90aGVyIHNlY3JldCBvZiBhIGZvcm0=" })
          expect((yield* refused).status).toBe(401)
          expect((yield* refused).status).toBe(401)
          yield* TestClock.adjust("10 seconds")
          expect(written).toEqual([new Map([["form", 2]])])
          expect((yield* refused).status).toBe(401)
          yield* TestClock.adjust("20 seconds")
          expect(written).toEqual([new Map([["form", 2]]), new Map([["form", 3]])])
          yield* TestClock.adjust("1 minute")
          expect(written).toHaveLength(2)
        }).pipe(Effect.provide(Layer.provide(receiver, inbox)))
      })
  )

  it.effect("that comes again is answered as a duplicate of the first", () =>
    Effect.gen(function* () {
      const { json: first } = yield* read(yield* post({ id: "msg-7" }))
      expect(yield* read(yield* post({ id: "msg-7" }))).toEqual({
        status: 202,
        json: { ...(first as object), status: "duplicate" }
      })
      expect(yield* stored).toMatchObject([{ deliveryId: "msg-7", body: new TextEncoder().encode(body) }])
    }).pipe(Effect.provide(Layer.provideMerge(receiver, layerInbox)))
  )

  it.effect("that is verified is kept whatever its body is: the mapping says what is wrong with it", () =>
    Effect.gen(function* () {
      expect(yield* read(yield* post({ body: `email=${alice.member}` }))).toEqual(accepted)
      expect(yield* read(yield* post({ id: "msg-2", body: "" }))).toEqual(accepted)
      expect(yield* stored).toHaveLength(2)
    }).pipe(Effect.provide(Layer.provideMerge(receiver, layerInbox)))
  )

  it.effect("may be signed with any of the current secrets, and not with one that has expired", () => {
    const other = "whsec_dGhlIG90aGVyIHNlY3JldCBvZiBhIGZvcm0="
    const gone = "whsec_YSBzZWNyZXQgb2YgdGhlIHBhc3QgZGF5cw=="
    const expiresAt = DateTime.makeUnsafe(0)
    const secrets = [Secret.make(secret), Secret.make(other), Secret.make(gone, { expiresAt })]
    return Effect.gen(function* () {
      expect(yield* read(yield* post({ id: "1", secret }))).toEqual(accepted)
      expect(yield* read(yield* post({ id: "2", secret: other }))).toEqual(accepted)
      yield* expectProblem(yield* post({ id: "3", secret: gone }), 401, /secret/)
    }).pipe(Effect.provide(Layer.provideMerge(receiving({ secrets }), layerInbox)))
  })

  it.effect.each([
    ["exported", layerTracer([])],
    ["not exported", Layer.empty]
  ] as const)("is stored in the sender's trace, where spans are %s", ([, layer]) =>
    Effect.gen(function* () {
      yield* post({ headers: { traceparent } })
      expect((yield* stored)[0]?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
    }).pipe(Effect.provide(receiver.pipe(Layer.provideMerge(layerInbox), Layer.provideMerge(layer))))
  )
})

describe("headers are stored without", () => {
  it.effect("what proves an identity, and what nothing reads", () =>
    Effect.gen(function* () {
      const proofs = {
        authorization: "Bearer proof",
        "proxy-authorization": "Basic proof",
        cookie: "session=proof",
        "x-api-key": "proof",
        "x-auth-token": "proof",
        "x-hub-signature-256": "sha256=proof"
      }
      yield* post({ headers: { ...proofs, "x-request-id": "proof", tracestate: "a=b" } })
      const [webhook] = yield* stored
      expect(webhook?.headers).toMatchObject({ "webhook-id": "msg-1", tracestate: "a=b" })
      expect(JSON.stringify(webhook?.headers)).not.toMatch(/proof|v1,/)
    }).pipe(Effect.provide(Layer.provideMerge(receiver, layerInbox)))
  )

  it.effect.each([
    ["signature", { scheme: "hmac", header: "x-proof" }],
    ["token", { scheme: "token", header: "x-proof" }]
  ] as const)("the %s of a sender that has a header of its own for it", ([, scheme]) => {
    const own = { ...sender, scheme }
    return Effect.gen(function* () {
      expect(yield* read(yield* post({ sender: own }))).toEqual(accepted)
      expect((yield* stored)[0]?.headers).not.toHaveProperty("x-proof")
    }).pipe(Effect.provide(Layer.provideMerge(receiving({ sender: own }), layerInbox)))
  })
})

describe("a refusal is a problem that says what to do, and the next good request is served:", () => {
  const refusals: ReadonlyArray<
    [name: string, send: ReturnType<typeof post>, status: number, detail: RegExp]
  > = [
    ["an unknown source", post({ source: "nobody" }), 404, /names under `sources`/],
    ["a wrong secret", post({ secret: `whsec_${btoa("a wrong secret")}` }), 401, /not verified.*secret/],
    [
      "a wrong signature",
      post({ headers: { "webhook-signature": "v1,not-the-signature" } }),
      401,
      /not verified/
    ],
    [
      "a signature that can't be read",
      post({ headers: { "webhook-signature": "not-the-signature" } }),
      401,
      /webhook-signature/
    ],
    ["no signature", HttpClient.post("/webhooks/form"), 401, /webhook-/],
    ["another method", HttpClient.put("/webhooks/form"), 405, /by POST/],
    ["a look at a sender that asks nothing", HttpClient.get("/webhooks/form"), 405, /by POST/],
    ["a body that is too long", post({ body: body.padEnd(1_001) }), 413, /larger than 1,?000 B/],
    [
      "a body that is too long and has no length",
      HttpClientRequest.post("/webhooks/form").pipe(
        HttpClientRequest.bodyStream(Stream.make(new Uint8Array(600), new Uint8Array(600))),
        HttpClient.execute
      ),
      413,
      /larger than 1,?000 B/
    ]
  ]

  it.effect.each(refusals)("%s", ([, send, status, detail]) =>
    Effect.gen(function* () {
      const response = yield* send
      expect(response.status).toBe(status)
      yield* expectProblem(response, status, detail)
      expect(yield* stored).toEqual([])
      expect(yield* read(yield* post())).toEqual(accepted)
    }).pipe(Effect.provide(Layer.provideMerge(receiver, layerInbox)))
  )

  it.effect("a store that can't be written, with a time to come again", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TRIGGER full BEFORE INSERT ON webhooks BEGIN SELECT RAISE(ABORT, 'no room for alice'); END`
      const response = yield* post()
      expect(response.status).toBe(503)
      expect(response.headers["retry-after"]).toBe("5")
      yield* expectProblem(response, 503, /Send it again later/)
      yield* sql`DROP TRIGGER full`
      expect(yield* read(yield* post())).toEqual(accepted)
    }).pipe(Effect.provide(Layer.provideMerge(receiver, layerInbox)))
  )
})
