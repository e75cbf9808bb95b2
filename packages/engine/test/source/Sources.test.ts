import { expect, it } from "@effect/vitest"
import { DateTime, Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { sign } from "@usher/signatures/testing"
import { Mapper, Mapping, Operations, Quarantine, Receiver, Sources } from "../../src/index.ts"
import {
  alice,
  body,
  eventually,
  layerInbox,
  layerSources,
  makeSource,
  post,
  postForId,
  secret,
  sender,
  serve
} from "../fixtures.ts"

const relay = serve(Receiver.layer({ publicUrl: "https://hooks.example.com" })).pipe(
  Layer.provide(Quarantine.layerNone),
  Layer.provideMerge(Mapper.layer),
  Layer.provideMerge(layerSources()),
  Layer.provideMerge(layerInbox)
)

const replace = (...sources: ReadonlyArray<Effect.Success<ReturnType<typeof makeSource>>>) =>
  Sources.Sources.use(({ replace }) => replace(new Map(sources.map((source) => [source.name, source]))))

const statusOf = (source: string) => Effect.map(post({ source }), ({ status }) => status)

it.effect("a source that is replaced by another is unknown from then on, and the other is known", () =>
  Effect.gen(function* () {
    expect(yield* Effect.all([statusOf("form"), statusOf("other")])).toEqual([202, 404])
    const before = yield* replace(yield* makeSource({ name: "other" }))
    expect([...before.keys()]).toEqual(["form"])
    expect(yield* Effect.all([statusOf("form"), statusOf("other")])).toEqual([404, 202])
  }).pipe(Effect.provide(relay))
)

it.effect("a webhook is mapped by the rules of the moment in which it is mapped", () =>
  Effect.gen(function* () {
    const operations = yield* Operations.Operations
    const liveOf = (id: string) =>
      eventually(operations.invitations(id), ({ length }) => length > 0).pipe(
        Effect.map(([invitation]) => invitation?.liveId)
      )
    expect(yield* liveOf(yield* postForId({ id: "1" }))).toBe(alice.liveId)
    const mapping = yield* Mapping.make({ live: "live-next", member: { expr: "email" } })
    yield* replace(yield* makeSource({ mapping }))
    expect(yield* liveOf(yield* postForId({ id: "2" }))).toBe("live-next")
  }).pipe(Effect.provide(relay))
)

it.effect("a request that has begun ends as it would have without the change", () =>
  Effect.gen(function* () {
    const [begun, replaced] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
    const sources = yield* Sources.Sources
    const observed = Sources.Sources.of({
      ...sources,
      current: Effect.tap(sources.current, () => Deferred.succeed(begun, undefined))
    })
    yield* Effect.gen(function* () {
      const signed = yield* sign(sender, { secret, id: "slow", body, at: yield* DateTime.now })
      const answer = yield* HttpClientRequest.post("/webhooks/form").pipe(
        HttpClientRequest.setHeaders(signed.headers),
        HttpClientRequest.bodyStream(
          Stream.concat(
            Stream.make(signed.body.slice(0, 10)),
            Stream.fromEffect(Effect.as(Deferred.await(replaced), signed.body.slice(10)))
          )
        ),
        HttpClient.execute,
        Effect.forkChild
      )
      yield* Deferred.await(begun)
      yield* sources.replace(new Map())
      yield* Deferred.succeed(replaced, undefined)
      expect((yield* Fiber.join(answer)).status).toBe(202)
      expect(yield* statusOf("form")).toBe(404)
    }).pipe(
      Effect.provide(
        serve(Receiver.layer({ publicUrl: "https://hooks.example.com" })).pipe(
          Layer.provide([Layer.succeed(Sources.Sources, observed), Quarantine.layerNone])
        )
      )
    )
  }).pipe(Effect.provide(Layer.provideMerge(layerSources(), layerInbox)))
)
