import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, PubSub } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Inbox, Operations, type Signals } from "@usher/engine"
import { layerEvaluator } from "../../../../packages/engine/test/evaluator.ts"
import * as Server from "../../src/server/Server.ts"
import {
  configuration,
  connect,
  deliver,
  folder,
  isolated,
  load,
  participants,
  rawDelivery,
  sandbox,
  secrets,
  type Source,
  until
} from "../harness.ts"

/** A relay in this process, configured by a file, before a sandbox. */
const relay = Effect.fnUntraced(function* (spot?: string, options?: Server.Options) {
  const upstream = yield* sandbox
  const config = yield* load((yield* folder(configuration(upstream.url, spot))).file)
  const services = yield* Layer.build(
    Server.layer(config, options).pipe(
      Layer.provideMerge(Server.layerInbox(config)),
      Layer.provide(layerEvaluator)
    )
  )
  return {
    url: yield* Effect.provide(Server.url, services),
    operations: Context.get(services, Operations.Operations),
    ledger: upstream.ledger
  }
})

const formResponse = (id: string, email: string) => ({
  event_id: id,
  event_type: "form_response",
  form_response: {
    answers: [
      { type: "text", text: "A" },
      { type: "email", email }
    ]
  }
})

const signUp = { email: "alice@example.com" }

const get = (url: string) =>
  Effect.flatMap(HttpClient.get(url), (response) =>
    Effect.map(response.text, (text) => ({ status: response.status, text }))
  )

describe("a signed webhook becomes an invitation", () => {
  it.live.each([
    ["standard", { email: "a@example.com" }, 202, "live-standard", ["a@example.com"]],
    ["svix", { email: "a@example.com" }, 202, "live-svix", ["a@example.com"]],
    ["typeform", formResponse("form-1", "a@example.com"), 200, "live-typeform", ["a@example.com"]],
    [
      "token",
      { people: [{ email: "a@example.com" }, { email: "b@example.com" }] },
      200,
      "live-token",
      ["a@example.com", "b@example.com"]
    ],
    ["hmac", { live: "live-of-the-body", email: "a@example.com" }, 200, "live-of-the-body", ["a@example.com"]]
  ] as const)("%s", ([source, body, status, live, members]) =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      const answer = yield* deliver(url, source, body)
      expect(answer).toMatchObject({
        status,
        json: { id: expect.stringMatching(/^wh_/), status: "accepted" }
      })
      expect(yield* participants(ledger, members.length)).toEqual(members)
      const { participants: all } = yield* ledger.state
      expect(all.every(({ liveId }) => liveId === live)).toBe(true)
    }).pipe(isolated)
  )
})

describe("a webhook delivered again", () => {
  it.live.each([
    ["svix", signUp, { id: "msg_1" }],
    ["typeform", formResponse("form-1", "alice@example.com"), {}],
    ["token", { people: [signUp] }, {}],
    ["hmac", { ...signUp, live: "live-1" }, { headers: { "x-delivery-id": "1" } }]
  ] as const)(
    "%s: is acknowledged with the first one's id, and invites nobody twice",
    ([source, body, options]) =>
      Effect.gen(function* () {
        const { url, ledger } = yield* relay()
        const first = yield* deliver(url, source, body, options)
        const second = yield* deliver(url, source, body, options)
        expect(second.status).toBe(first.status)
        expect(second.json).toEqual({ ...Object(first.json), status: "duplicate" })
        yield* participants(ledger, 1)
        const next = yield* deliver(url, "svix", { email: "next@example.com" }, { id: "msg_next" })
        expect(next.status).toBe(202)
        yield* participants(ledger, 2)
        expect((yield* ledger.state).calls).toHaveLength(2)
      }).pipe(isolated)
  )

  it.live("is one webhook, even if all copies come at once", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, () => deliver(url, "svix", signUp, { id: "msg_1" })),
        { concurrency: "unbounded" }
      )
      expect(answers.filter(({ json }) => Object(json).status === "accepted")).toHaveLength(1)
      expect(new Set(answers.map(({ json }) => Object(json).id)).size).toBe(1)
    }).pipe(isolated)
  )
})

describe("what is not accepted is told why, as problem details", () => {
  const post = (url: string) =>
    HttpClient.execute(HttpClientRequest.bodyText(HttpClientRequest.post(url), "{}"))

  it.live.each([
    ["svix", `whsec_${btoa("another secret")}`],
    ["typeform", "another secret"],
    ["token", "another secret"],
    ["hmac", "another secret"]
  ] as const)("%s signed with another secret: 401", ([source, secret]) =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      const answer = yield* deliver(url, source, signUp, { secret })
      expect(answer.status).toBe(401)
      expect(answer.headers["content-type"]).toContain("application/problem+json")
      expect(answer.json).toMatchObject({ status: 401, title: "Not verified" })
      expect(answer.text).not.toContain(secrets[`${source}_SECRET`.toUpperCase() as keyof typeof secrets])
      expect((yield* ledger.state).calls).toEqual([])
    }).pipe(isolated)
  )

  it.live.each(["standard", "svix", "typeform", "token", "hmac"] as const)(
    "%s without any signature: 401",
    (source: Source) =>
      Effect.gen(function* () {
        const { url } = yield* relay()
        expect((yield* post(`${url}/webhooks/${source}`)).status).toBe(401)
      }).pipe(isolated)
  )

  it.live("a source that is not configured: 404", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const response = yield* post(`${url}/webhooks/svics`)
      expect(response.status).toBe(404)
      expect(yield* response.json).toMatchObject({
        title: "Unknown source",
        detail: expect.stringContaining("`sources`")
      })
      expect((yield* post(`${url}/elsewhere`)).status).toBe(404)
      expect((yield* HttpClient.get(`${url}/webhooks/svix`)).status).toBe(405)
    }).pipe(isolated)
  )

  it.live("a body of more than a mebibyte: 413, and the one that fits passes", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const padded = (length: number) => {
        const body = JSON.stringify({ ...signUp, pad: "" })
        return JSON.stringify({ ...signUp, pad: "x".repeat(length - body.length) })
      }
      expect(yield* deliver(url, "svix", padded(2 ** 20 + 1))).toMatchObject({
        status: 413,
        json: { title: "Too large", detail: "The body is larger than 1 MiB." }
      })
      expect((yield* deliver(url, "svix", padded(2 ** 20))).status).toBe(202)
    }).pipe(isolated)
  )

  it.live("a store that can't be used: 503 with Retry-After, and the relay is not ready", () =>
    Effect.gen(function* () {
      const config = yield* load((yield* folder(configuration("http://127.0.0.1:1"))).file)
      const signals = yield* PubSub.unbounded<Signals.Signal>()
      const unavailable = Effect.fail(new Inbox.InboxUnavailable({ cause: new Error("disk full") }))
      const services = yield* Layer.build(
        Server.layer(config).pipe(
          Layer.provide(
            Layer.mock(Inbox.Inbox, {
              accept: () => unavailable,
              check: unavailable,
              signals: () => PubSub.subscribe(signals),
              received: () => Effect.never
            })
          ),
          Layer.provide(Server.layerInbox(config))
        )
      )
      const url = yield* Effect.provide(Server.url, services)
      const answer = yield* deliver(url, "svix", signUp)
      expect(answer).toMatchObject({ status: 503, json: { title: "Not stored" } })
      expect(answer.headers["retry-after"]).toBe("5")
      expect(yield* get(`${url}/readyz`)).toMatchObject({
        status: 503,
        text: expect.stringContaining("disk full")
      })
      expect((yield* get(`${url}/healthz`)).status).toBe(200)
    }).pipe(isolated)
  )
})

it.live("a client that stalls is cut off with a 408, and nobody waits for it", () =>
  Effect.gen(function* () {
    const { url, ledger } = yield* relay("", { requestTimeout: "500 millis" })
    const stalling = yield* Effect.forEach([20, 60, -10], (end) =>
      Effect.gen(function* () {
        const client = yield* connect(url)
        yield* client.send(rawDelivery("stalled@example.com").slice(0, end))
        return client
      })
    )
    expect((yield* deliver(url, "svix", signUp)).status).toBe(202)
    expect(yield* participants(ledger, 1)).toEqual([signUp.email])
    for (const client of stalling) {
      yield* client.closed
      expect(yield* client.received).toMatch(/^HTTP\/1.1 408 /)
    }
    expect((yield* deliver(url, "svix", signUp)).status).toBe(202)
    expect((yield* ledger.state).participants).toHaveLength(1)
  }).pipe(isolated)
)

it.live("a relay that runs is alive and ready", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    expect(yield* get(`${url}/healthz`)).toEqual({ status: 200, text: '{"status":"alive"}' })
    expect(yield* get(`${url}/readyz`)).toMatchObject({
      status: 200,
      text: expect.stringContaining('"status":"ready"')
    })
  }).pipe(isolated)
)

describe("the sender's trace", () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c"
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }

  const trace = Effect.fnUntraced(function* (spot?: string) {
    const { url, operations, ledger } = yield* relay(spot)
    const { json } = yield* deliver(url, "svix", signUp, { headers })
    yield* participants(ledger, 1)
    const { id } = Object(json)
    const [invitation] = yield* until(operations.invitations(id), ([first]) => first?.settledAt != null)
    return {
      webhook: (yield* operations.webhook(id))?.traceparent,
      invitation: invitation?.traceId,
      call: (yield* ledger.state).calls[0]?.traceparent
    }
  })

  it.live("goes on in the stored webhook and in the attempt, and stays from the upstream", () =>
    Effect.gen(function* () {
      const { webhook, invitation, call } = yield* trace()
      expect(webhook).toContain(traceId)
      expect(webhook).not.toBe(headers.traceparent)
      expect(invitation).toBe(traceId)
      expect(call).toBeNull()
    }).pipe(isolated)
  )

  it.live("reaches the upstream of a Spot that has propagateTrace", () =>
    Effect.gen(function* () {
      const { call } = yield* trace(", propagateTrace: true")
      expect(call).toContain(traceId)
      expect(call).not.toBe(headers.traceparent)
    }).pipe(isolated)
  )
})
