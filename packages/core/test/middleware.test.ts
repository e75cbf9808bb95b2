/** Whatever middleware a program's client has, an answer is what the upstream said. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, Ref } from "effect"
import { HttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { Budget, InviteError, LiveParticipants } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"

const invitation = { liveId: "live-1", member: "alice@example.com" }

type Middleware = (client: HttpClient.HttpClient) => HttpClient.HttpClient

/** Streamed without a length, as many servers send it. */
const answering = (status: number, headers: Record<string, string> = {}, body = `{"message":"no"}`) =>
  HttpClient.make((request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(
        request,
        new Response(status === 200 ? null : new Blob([body]).stream(), {
          status,
          headers: { "content-type": "application/json", ...headers }
        })
      )
    )
  )

const through = Effect.fnUntraced(function* (client: HttpClient.HttpClient) {
  return yield* LiveParticipants.make({ secretKey: Redacted.make("k") }).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provide(Budget.layerUnlimited)
  )
})

const middlewares: ReadonlyArray<readonly [name: string, Middleware]> = [
  ["that refuses statuses", HttpClient.filterStatusOk],
  ["that logs bodies", HttpClient.tap((response) => response.text)],
  [
    "that refuses statuses and logs what it refused",
    (client) =>
      HttpClient.tapError(HttpClient.filterStatusOk(client), ({ response }) =>
        response === undefined ? Effect.void : response.text
      )
  ],
  [
    "that decodes bodies itself",
    HttpClient.transformResponse(
      Effect.tap((response) =>
        Effect.andThen(
          response.json,
          HttpClientResponse.schemaBodyJson(InviteError.InviteError)(response)
        ).pipe(
          Effect.catchTag("SchemaError", (cause) =>
            Effect.fail(
              new HttpClientError.HttpClientError({
                reason: new HttpClientError.DecodeError({ request: response.request, response, cause })
              })
            )
          )
        )
      )
    )
  ]
]

const tags = [
  [400, "MalformedPayload", {}],
  [401, "Unauthorized", { status: 401 }],
  [403, "Unauthorized", { status: 403 }],
  [404, "LiveNotFound", {}],
  [413, "PayloadTooLarge", {}],
  [418, "UnexpectedStatus", { status: 418 }],
  [422, "MalformedPayload", {}],
  [429, "RateLimited", {}],
  [503, "UpstreamUnavailable", { reason: "ServerError", status: 503, mayHaveArrived: true }]
] as const

describe.each(middlewares)("a client %s", (_, middleware) => {
  it.effect.each(tags)("leaves a %s its tag, %s, and what the upstream said", ([status, tag, more]) =>
    Effect.gen(function* () {
      const { invite } = yield* through(middleware(answering(status)))
      const error = yield* Effect.flip(invite(invitation))
      expect(error).toMatchObject({ _tag: tag, answer: `{"message":"no"}`, ...more })
    })
  )

  it.effect("leaves a participant as it is", () =>
    Effect.gen(function* () {
      const alice = LiveParticipantsTest.participant(invitation)
      const { invite } = yield* through(middleware(answering(201, {}, JSON.stringify(alice))))
      expect(yield* invite(invitation)).toEqual(alice)
    })
  )

  it.effect("lets a 429 hold back every call of the key", () =>
    Effect.gen(function* () {
      const rests = yield* Ref.make<ReadonlyArray<string | undefined>>([])
      const budget: Budget.Budget = {
        forKey: () => ({
          within: (call) => call,
          rest: (_, reason) => Ref.update(rests, (all) => [...all, reason])
        })
      }
      const { invite } = yield* LiveParticipants.make({ secretKey: Redacted.make("k") }).pipe(
        Effect.provideService(HttpClient.HttpClient, middleware(answering(429, { "retry-after": "7" }))),
        Effect.provideService(Budget.Budget, budget)
      )
      expect(yield* Effect.flip(invite(invitation))).toMatchObject({ retryAfter: expect.anything() })
      expect(yield* Ref.get(rests)).toEqual(["Refused"])
    })
  )
})

describe("a client that can't make the request", () => {
  const { EncodeError, HttpClientError: Failed, InvalidUrlError } = HttpClientError
  const reasons = { EncodeError, InvalidUrlError }
  const failing = (reason: keyof typeof reasons) =>
    HttpClient.make((request) => Effect.fail(new Failed({ reason: new reasons[reason]({ request }) })))

  it.effect.each(["EncodeError", "InvalidUrlError"] as const)(
    "is no upstream that can't be reached: %s",
    (reason) =>
      Effect.gen(function* () {
        const { invite } = yield* through(failing(reason))
        const error = yield* Effect.flip(invite(invitation))
        expect(error).toMatchObject({ _tag: "MalformedPayload", reason: "BeforeCall", isRetryable: false })
        expect(error.message).toContain("the HttpClient")
      })
  )

  it.effect("is found out where the URL is made invalid on the way", () =>
    Effect.gen(function* () {
      const client = answering(201).pipe(HttpClient.mapRequest(HttpClientRequest.setUrl("http://[")))
      const { invite } = yield* through(client)
      expect(yield* Effect.flip(invite(invitation))).toMatchObject({ _tag: "MalformedPayload" })
    })
  )
})
