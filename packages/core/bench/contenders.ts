/** Ways to make the same call, each doing a little more than the one before. */
import { Effect, Layer, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Agent, Pool } from "undici"
import { Budget, LiveParticipants, Participant } from "../src/index.ts"

const liveId = "9d4b3f4e-6f5e-4f0b-8d0a-2b7a52a7c1de"
const path = `/v1/lives/${liveId}/participants`
const headers = {
  authorization: "secret",
  "user-agent": "usher",
  accept: "application/json",
  "content-type": "application/json"
}
const payload = { member: "alice@example.com", withEmailNotification: true }

interface Body {
  readonly [field: string]: unknown
  readonly metrics: { readonly [field: string]: unknown }
}

/** Every documented field, out of the text: what a program without schemas would do. */
const read = (text: string) => {
  const body: Body = JSON.parse(text)
  const { viewTime, hasReplayed, hasParticipated } = body.metrics
  return {
    id: body["id"],
    liveId: body["liveId"],
    spotMemberId: body["spotMemberId"],
    spotMemberEmail: body["spotMemberEmail"],
    spotMemberFirstname: body["spotMemberFirstname"],
    spotMemberLastname: body["spotMemberLastname"],
    status: body["status"],
    type: body["type"],
    invitedAt: body["invitedAt"],
    registeredAt: body["registeredAt"],
    isHighlighted: body["isHighlighted"],
    metrics: { viewTime, hasReplayed, hasParticipated }
  }
}

/** Makes so many calls, so many at once. */
export interface Contender {
  readonly name: string
  readonly run: (calls: number, concurrency: number) => Effect.Effect<void>
}

const ofPromise = (name: string, call: () => Promise<unknown>): Contender => ({
  name,
  run: (calls, concurrency) =>
    Effect.promise(async () => {
      let left = calls
      const worker = async () => {
        while (left-- > 0) await call()
      }
      await Promise.all(Array.from({ length: concurrency }, worker))
    })
})

const ofEffect = (name: string, call: Effect.Effect<unknown, unknown>): Contender => ({
  name,
  run: (calls, concurrency) =>
    Effect.suspend(() => {
      let left = calls
      const worker = Effect.whileLoop({ while: () => left-- > 0, body: () => call, step: () => {} })
      return Effect.replicateEffect(worker, concurrency, { concurrency: "unbounded", discard: true })
    }).pipe(Effect.orDie)
})

const undici = (origin: string, connections: number) =>
  Effect.gen(function* () {
    const pool = yield* Effect.acquireRelease(
      Effect.sync(() => new Pool(origin, { connections })),
      (pool) => Effect.promise(() => pool.destroy())
    )
    const agent = yield* Effect.acquireRelease(
      Effect.sync(() => new Agent()),
      (agent) => Effect.promise(() => agent.destroy())
    )
    return [
      ofPromise("undici", async () => {
        const { body } = await pool.request({ method: "POST", path, headers, body: JSON.stringify(payload) })
        return read(await body.text())
      }),
      ofPromise("undici, with an Agent, a URL and a timeout for each", async () => {
        const { body } = await agent.request({
          method: "POST",
          origin: new URL(origin + path).origin,
          path,
          headers,
          body: JSON.stringify(payload),
          signal: AbortSignal.timeout(30_000)
        })
        return read(await body.text())
      })
    ]
  })

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Participant.Participant))

const httpClient = (baseUrl: string) =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const request = Effect.sync(() =>
      HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(baseUrl + path, { headers }), payload)
    )
    const text = Effect.flatMap(Effect.flatMap(request, client.execute), (response) => response.text)
    const withoutSpan = Effect.provideService(text, HttpClient.TracerDisabledWhen, () => true)
    return [
      ofEffect("HttpClient, JSON.parse", Effect.map(withoutSpan, read)),
      ofEffect("HttpClient, JSON.parse, its own span", Effect.map(text, read)),
      ofEffect("HttpClient, Schema", Effect.flatMap(withoutSpan, decode))
    ]
  })

const invite = (name: string, baseUrl: string, budget: Layer.Layer<never>) =>
  Effect.gen(function* () {
    const participants = yield* LiveParticipants.make({ baseUrl, secretKey: Redacted.make("secret") })
    return ofEffect(
      name,
      Effect.suspend(() => participants.invite({ liveId, ...payload }))
    )
  }).pipe(Effect.provide(budget))

/** Everybody, over connections of their own. */
export const contenders = Effect.fnUntraced(function* (baseUrl: string, connections: number) {
  const unlimited = yield* invite("invite", baseUrl, Budget.layerUnlimited)
  const counted = yield* invite(
    "invite, Budget.layerMemory",
    baseUrl,
    Budget.layerMemoryLimits([{ calls: 1e9, window: "1 second" }])
  )
  return [
    ...(yield* undici(baseUrl, connections)),
    ...(yield* httpClient(baseUrl)),
    {
      name: "invite, no tracer",
      run: (calls: number, concurrency: number) =>
        Effect.withTracerEnabled(unlimited.run(calls, concurrency), false)
    },
    unlimited,
    counted
  ] satisfies ReadonlyArray<Contender>
})
