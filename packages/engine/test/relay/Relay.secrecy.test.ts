import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, References, type Tracer } from "effect"
import { LiveParticipantsTest } from "@usher/core/testing"
import { inspect } from "node:util"
import { Mapping, Operations } from "../../src/index.ts"
import {
  alice,
  body,
  eventually,
  layerRelay,
  layerTracer,
  post,
  postForId,
  secret,
  spotKey
} from "../fixtures.ts"

/** Everything that was logged and traced, as text: of a span, all but the value it succeeded with, which no exporter reads. */
const observe = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const logs: Array<unknown> = []
  const layer = Layer.mergeAll(
    layerTracer(spans),
    Logger.layer([Logger.map(Logger.formatStructured, (entry) => logs.push(entry))]),
    Layer.succeed(References.MinimumLogLevel, "All")
  )
  const traced = ({ name, attributes, _events: events, status }: Tracer.NativeSpan) => ({
    name,
    attributes,
    events,
    failure: status._tag === "Ended" && Exit.isFailure(status.exit) ? status.exit.cause : undefined
  })
  const seen = () => [...logs, ...spans.map(traced)].map((item) => inspect(item, { depth: 12 }))
  return { layer, seen }
}

/** A word of each thing that must not be seen: secret (as typed and as bytes), signature, key, address, body. */
const confidential = [secret.slice(6), atob(secret.slice(6)), "v1,", spotKey, "alice", '"email"', body]

const expectSecrecy = (seen: ReadonlyArray<string>) =>
  expect(seen.filter((text) => confidential.some((word) => text.includes(word)))).toEqual([])

const welcome = () => new Response(null, { status: 200 })

/** What became of the webhook: its status, and its invitations' last errors. */
const outcome = Effect.fnUntraced(function* (id: string) {
  const operations = yield* Operations.Operations
  const webhook = yield* eventually(operations.webhook(id), (webhook) => webhook?.status !== "received")
  const invitations = yield* eventually(operations.invitations(id), (all) =>
    all.every(({ traceId }) => traceId !== null)
  )
  return [webhook?.status, ...invitations.map(({ lastError }) => lastError)]
})

describe("nothing confidential is logged or traced", () => {
  it.effect.each([
    [201, [null]],
    [200, ["AlreadyInvited"]],
    [202, ["UndecodableAnswer"]],
    [302, ["UpstreamUnavailable"]],
    [400, ["MalformedPayload"]],
    [401, ["Unauthorized"]],
    [404, ["LiveNotFound"]],
    [418, ["UnexpectedStatus"]],
    [429, ["RateLimited"]],
    [500, ["UpstreamUnavailable"]]
  ] as const)("when the upstream answers %i and repeats the address", ([status, errors]) => {
    const { layer, seen } = observe()
    const answer = JSON.stringify({
      ...LiveParticipantsTest.participant(alice),
      error: `${alice.member} is not welcome`
    })
    const upstream = () => new Response(answer, { status })
    return Effect.gen(function* () {
      const id = yield* postForId()
      expect(yield* outcome(id)).toEqual(["mapped", ...errors])
      expect(seen().join("\n")).toMatch(/webhook mapped[\s\S]*Dispatcher\.dispatch/)
      expectSecrecy(seen())
    }).pipe(Effect.provide(Layer.provideMerge(layerRelay(upstream), layer)))
  })

  it.effect.each([
    ['$error("no seat for " & email)'],
    ["$number(email)"],
    ["nobody"],
    ["$string($)"]
  ] as const)("when a webhook is unmappable: %s", ([expr]) => {
    const { layer, seen } = observe()
    return Effect.gen(function* () {
      const mapping = yield* Mapping.make({ live: alice.liveId, member: { expr } })
      yield* Effect.gen(function* () {
        const id = yield* postForId({ body: body.replace("alice", "alice and bob") })
        expect(yield* outcome(id)).toEqual(["unmappable"])
        expect(seen().join("\n")).toContain("webhook unmappable")
        expectSecrecy(seen())
      }).pipe(Effect.provide(Layer.provideMerge(layerRelay(welcome, { mapping }), layer)))
    })
  })

  it.effect.each([
    ["a wrong secret", { secret: `whsec_${btoa("a wrong secret")}` }, 401],
    ["a wrong signature", { headers: { "webhook-signature": "alice, v1," } }, 401],
    ["an unknown source", { source: "nobody" }, 404],
    ["no JSON", { body: `not JSON ${alice.member}` }, 202],
    ["a long body", { body: body.padEnd(2 ** 20 + 1) }, 413]
  ] as const)("when a request is not as it should be: %s", ([, options, status]) => {
    const { layer, seen } = observe()
    return Effect.gen(function* () {
      expect((yield* post(options)).status).toBe(status)
      expect(seen().join("\n")).toContain("Receiver.receive")
      expectSecrecy(seen())
    }).pipe(Effect.provide(Layer.provideMerge(layerRelay(welcome), layer)))
  })
})
