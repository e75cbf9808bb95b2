/** Ways to make the same call, each with a little more work than the one before. */
import { Effect, type Layer, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Agent, Pool } from "undici"
import { Budget, LiveParticipants, Participant } from "@usher/core"

const liveId = "9d4b3f4e-6f5e-4f0b-8d0a-2b7a52a7c1de"
const path = `/v1/lives/${liveId}/participants`
const headers = {
  authorization: "secret",
  "user-agent": "usher",
  accept: "application/json",
  "content-type": "application/json"
}
const payload = { member: "alice@example.com", withEmailNotification: true }

/** Reads every documented field without a schema. */
const read = (text: string) => {
  const { metrics, ...fields }: { readonly metrics: object } = JSON.parse(text)
  return { ...fields, metrics: { ...metrics } }
}

export interface Way {
  readonly name: string
  /** Makes this many calls, this many at a time. */
  readonly run: (calls: number, concurrency: number) => Effect.Effect<void>
}

const ofPromise = (name: string, call: () => Promise<unknown>): Way => ({
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

const ofEffect = (name: string, call: Effect.Effect<unknown, unknown>): Way => ({
  name,
  run: (calls, concurrency) =>
    Effect.suspend(() => {
      let left = calls
      const worker = Effect.whileLoop({ while: () => left-- > 0, body: () => call, step: () => {} })
      return Effect.replicateEffect(worker, concurrency, { concurrency: "unbounded", discard: true })
    }).pipe(Effect.orDie)
})

const undici = Effect.fnUntraced(function* (origin: string, connections: number) {
  const pool = new Pool(origin, { connections })
  const agent = new Agent()
  yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all([pool.destroy(), agent.destroy()])))
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

const httpClient = Effect.fnUntraced(function* (baseUrl: string) {
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

const invite = Effect.fnUntraced(function* (name: string, baseUrl: string, budget: Layer.Layer<never>) {
  const participants = yield* Effect.provide(
    LiveParticipants.make({ baseUrl, secretKey: Redacted.make("secret") }),
    budget
  )
  return ofEffect(
    name,
    Effect.suspend(() => participants.invite({ liveId, ...payload }))
  )
})

export const ways = Effect.fnUntraced(function* (baseUrl: string, connections: number) {
  const unlimited = yield* invite("invite", baseUrl, Budget.layerUnlimited)
  const limits = [{ calls: 1e9, window: "1 second" }] as const
  return [
    ...(yield* undici(baseUrl, connections)),
    ...(yield* httpClient(baseUrl)),
    {
      name: "invite, no tracer",
      run: (calls: number, concurrency: number) =>
        Effect.withTracerEnabled(unlimited.run(calls, concurrency), false)
    },
    unlimited,
    yield* invite("invite, Budget.layerMemory", baseUrl, Budget.layerMemoryLimits(limits))
  ] satisfies ReadonlyArray<Way>
})
