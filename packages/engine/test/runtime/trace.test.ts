import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option, type Tracer } from "effect"
import type { HttpClientRequest } from "effect/http"
import { Operations } from "../../src/index.ts"
import { layerRelay, layerTracer, postForId, traceId, traceparent, untilStatus } from "../fixtures.ts"

it.effect("a sender's trace goes on through the store to the upstream's call, and ends there", () => {
  const spans: Array<Tracer.NativeSpan> = []
  const requests: Array<HttpClientRequest.HttpClientRequest> = []
  const upstream = (request: HttpClientRequest.HttpClientRequest) => {
    requests.push(request)
    return new Response(null, { status: 200 })
  }
  const parentOf = (name: string) => {
    const span = spans.find((span) => span.name === name && span.traceId === traceId)
    return Option.getOrUndefined(Option.map(span?.parent ?? Option.none(), ({ spanId }) => spanId))
  }
  const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId

  return Effect.gen(function* () {
    const id = yield* postForId({ headers: { traceparent } })
    expect(yield* untilStatus(id, "already_invited")).toMatchObject([{ traceId }])
    const webhook = yield* Operations.Operations.use((operations) => operations.webhook(id))
    expect(webhook?.traceparent).toBe(`00-${traceId}-${idOf("Receiver.receive")}-01`)
    expect(parentOf("Mapper.map")).toBe(idOf("Receiver.receive"))
    expect(parentOf("Dispatcher.dispatch")).toBe(idOf("Receiver.receive"))
    expect(parentOf("LiveParticipants.invite")).toBe(idOf("Dispatcher.dispatch"))
    expect(requests.map(({ headers }) => headers["traceparent"])).toEqual([undefined])
  }).pipe(Effect.provide(Layer.provideMerge(layerRelay(upstream), layerTracer(spans))))
})
