import { describe, expect, it } from "@effect/vitest"
import { ByteSize, Effect, Layer, Metric } from "effect"
import { HttpServer } from "effect/http"
import { connect, type Socket } from "node:net"
import { Receiver } from "../src/index.ts"
import * as bodyBudget from "../src/internal/bodyBudget.ts"
import { eventually, layerInbox, layerSources, post, serve } from "./fixtures.ts"

describe("the budget of bodies", () => {
  it("holds what is reserved until it is released, and no more than its total", () => {
    const { reserve, release, reserved } = bodyBudget.make(100)
    expect([reserve(60, undefined), reserve(41, undefined), reserve(40, undefined)]).toEqual([
      true,
      false,
      true
    ])
    expect(reserved()).toBe(100)
    release(60, undefined)
    expect([reserved(), reserve(60, undefined)]).toEqual([40, true])
  })

  it("leaves room for other clients, however much one of them wants", () => {
    const { reserve, release, reserved } = bodyBudget.make(100)
    const got = (client: string) =>
      Array.from({ length: 100 }, () => reserve(1, client)).filter(Boolean).length
    expect(got("a")).toBe(50)
    expect(got("b")).toBe(25)
    expect(reserve(20, "c")).toBe(true)
    expect(reserved()).toBe(95)
    release(50, "a")
    expect(reserve(40, "a")).toBe(true)
  })
})

describe("bodies that are being read", () => {
  const receiver = serve(
    Receiver.layer({
      publicUrl: "https://hooks.example.com",
      maxBodySize: ByteSize.bytes(1_000),
      maxBodyTotal: ByteSize.bytes(2_500)
    })
  ).pipe(Layer.provideMerge(layerSources()), Layer.provide(layerInbox))

  /** A request of which half of the body has come, and no more comes. */
  const half = Effect.fnUntraced(function* (head: string, body: string) {
    const { port } = new URL(yield* HttpServer.addressFormattedWith(Effect.succeed))
    return yield* Effect.acquireRelease(
      Effect.callback<Socket>((resume) => {
        const socket = connect(Number(port), "127.0.0.1", () => {
          socket.write(`POST /webhooks/form HTTP/1.1\r\nhost: a\r\n${head}\r\n\r\n${body}`)
          resume(Effect.succeed(socket))
        })
        socket.on("error", () => {})
      }),
      (socket) => Effect.sync(() => socket.destroy())
    )
  })

  const status = Effect.map(post({ body: "x".repeat(900) }), (response) => response.status)

  const refused = Effect.map(Metric.snapshot, (all) =>
    all.flatMap((metric) =>
      metric.id === "usher_webhooks_refused_total" && metric.type === "Counter"
        ? [[metric.attributes?.["reason"], Number(metric.state.count)]]
        : []
    )
  )

  const isolated = <A, E, R>(test: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => Effect.provideService(test, Metric.MetricRegistry, new Map()))

  it.effect.each([
    ["with a length, from its head on", "content-length: 1000", "x"],
    ["without a length, as they come", "transfer-encoding: chunked", `384\r\n${"x".repeat(900)}\r\n`]
  ] as const)(
    "are bounded together, %s; who comes then is answered 503, and later accepted",
    ([, head, body]) =>
      Effect.gen(function* () {
        const held = [yield* half(head, body), yield* half(head, body)]
        const answer = yield* eventually(
          post({ body: "x".repeat(900) }),
          (response) => response.status === 503
        )
        expect(answer.headers["retry-after"]).toBe("1")
        expect(yield* answer.json).toMatchObject({ title: "Overloaded" })
        expect(yield* refused).toContainEqual(["overloaded", expect.any(Number)])
        held[0]?.destroy()
        expect(yield* eventually(status, (status) => status !== 503)).toBe(202)
      }).pipe(Effect.scoped, Effect.provide(receiver), isolated)
  )

  it.effect("hold nothing after they were read, were too long or broke off", () =>
    Effect.gen(function* () {
      for (let count = 0; count < 5; count++) {
        expect((yield* post({ body: "x".repeat(900) })).status).toBe(202)
        expect((yield* post({ body: "x".repeat(1_001) })).status).toBe(413)
        const long = yield* half("transfer-encoding: chunked", `4b0\r\n${"x".repeat(1_200)}\r\n`)
        const broken = yield* half("content-length: 1000", "x")
        yield* Effect.sync(() => [long, broken].forEach((socket) => socket.destroy()))
      }
      expect(yield* eventually(status, (status) => status !== 503)).toBe(202)
    }).pipe(Effect.scoped, Effect.provide(receiver), isolated)
  )
})
