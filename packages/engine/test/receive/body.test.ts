import { describe, expect, it } from "@effect/vitest"
import { ByteSize, Effect, Layer, Metric } from "effect"
import { HttpServer } from "effect/http"
import { TestClock } from "effect/testing"
import { connect, type Socket } from "node:net"
import { Quarantine, Receiver } from "../../src/index.ts"
import { makeBudget } from "../../src/receive/body.ts"
import { eventually, layerInbox, layerSources, post, serve } from "../fixtures.ts"

describe("the budget of bodies", () => {
  /** At a time that the test sets. */
  const budgetOf = (maxTotal: number) => {
    const clock = { now: 0 }
    const dropped: Array<string> = []
    const nanos = () => BigInt(clock.now * 1e6)
    const budget = makeBudget(maxTotal, { monotonicTimeNanosUnsafe: nanos })
    const begin = (name: string, client?: string) => budget.begin(client, () => dropped.push(name))
    return { ...budget, begin, dropped, clock }
  }

  it("holds what is reserved until the body has ended, and no more than its total", () => {
    const { begin, reserve, end, reserved } = budgetOf(100)
    const [a, b] = [begin("a"), begin("b")]
    expect([reserve(a, 60), reserve(b, 41), reserve(b, 30), reserve(b, 10)]).toEqual([
      true,
      false,
      true,
      true
    ])
    expect(reserved()).toBe(100)
    end(a)
    end(a)
    expect([reserved(), reserve(begin("c"), 60), reserved()]).toEqual([40, true, 100])
  })

  it("leaves room for other clients, however much one of them wants", () => {
    const { begin, reserve, end, reserved } = budgetOf(100)
    const bodies = (client: string) =>
      Array.from({ length: 100 }, () => begin("a body", client)).filter((body) => reserve(body, 1))
    const first = bodies("a")
    expect([first.length, bodies("b").length]).toEqual([50, 25])
    expect(reserve(begin("c", "c"), 20)).toBe(true)
    expect(reserved()).toBe(95)
    first.forEach(end)
    expect(reserve(begin("a", "a"), 40)).toBe(true)
  })

  it("drops bodies that have taken long where there is no room, the oldest first and no more than it takes", () => {
    const { begin, reserve, dropped, clock, reserved } = budgetOf(100)
    for (const name of ["a", "b", "c"]) expect(reserve(begin(name), 30)).toBe(true)
    clock.now = 249
    const late = begin("late")
    expect([reserve(late, 40), dropped]).toEqual([false, []])
    clock.now = 250
    expect([reserve(late, 40), dropped, reserved()]).toEqual([true, ["a"], 100])
    expect([reserve(begin("last"), 90), dropped, reserved()]).toEqual([false, ["a", "b", "c"], 40])
  })

  it("drops bodies of clients that hold much more where there is no room, the oldest first and no more than it takes", () => {
    const { begin, reserve, dropped, reserved } = budgetOf(100)
    const bodies = Array.from({ length: 5 }, (_, at) => reserve(begin(`${at}`, `client ${at}`), 20))
    expect([bodies, reserved()]).toEqual([[true, true, true, true, true], 100])
    expect([reserve(begin("small", "a client"), 2), dropped, reserved()]).toEqual([true, ["0"], 82])
    expect([reserve(begin("a fourth", "another client"), 19), dropped]).toEqual([false, ["0"]])
  })
})

describe("bodies that are being read", () => {
  const waiting = "content-length: 1000\r\nexpect: 100-continue"
  const receiver = serve(
    Receiver.layer({
      publicUrl: "https://hooks.example.com",
      maxBodySize: ByteSize.bytes(1_000),
      maxBodyTotal: ByteSize.bytes(2_500)
    })
  ).pipe(Layer.provideMerge(layerSources()), Layer.provide([layerInbox, Quarantine.layerNone]))

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
        ? [metric.attributes?.["reason"]]
        : []
    )
  )

  const isolated = <A, E, R>(test: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => Effect.provideService(test, Metric.MetricRegistry, new Map()))

  it.effect.each([
    ["with a length, from its head on", "content-length: 1000", "x"],
    ["without a length, as they come", "transfer-encoding: chunked", `384\r\n${"x".repeat(900)}\r\n`],
    ["before which a 100 is waited for", waiting, "x"]
  ] as const)("are bounded together, %s; those that do not come make room", ([, head, body]) =>
    Effect.gen(function* () {
      yield* half(head, body)
      yield* half(head, body)
      yield* eventually(status, (status) => status === 503)
      expect(yield* refused).toEqual(["overloaded"])
      const later = Effect.andThen(TestClock.adjust("250 millis"), status)
      expect(yield* eventually(later, (status) => status === 202)).toBe(202)
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
