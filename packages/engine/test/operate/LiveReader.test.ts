/** What the relay asks the upstream about Lives, and what it does with the answers. */
import { expect } from "@effect/vitest"
import { Array, DateTime, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { LiveCatalog, LiveReader, SpotControl, Spots } from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { claim, settle, settlement } from "../dispatching.ts"
import { eventually, people, store } from "../fixtures.ts"

const none = { averageViewTime: null, noShow: null, totalReplayView: null, registrant: null, attendee: null }

const launch = {
  id: "live-1",
  title: "Launch",
  startDate: "2030-01-01T10:00:00Z",
  endDate: "2030-01-01T11:00:00Z",
  status: "Planned",
  computedStatus: "Planned",
  solution: "BuiltIn",
  privacy: { visibility: "AnyOne" },
  description: [],
  metrics: { ...none, attendanceRate: null, invited: null }
}

/** Reads so many Lives of one Spot, whose upstream answers so; the paths that it was asked for. */
const reading = Effect.fnUntraced(function* (answer: () => Response, lives = 1) {
  const asked: globalThis.Array<string> = []
  const upstream = HttpClient.make((request) =>
    Effect.sync(() => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`)
      return HttpClientResponse.fromWeb(request, answer())
    })
  )
  const spots = Spots.layer(new Map([["main", { secretKey: Redacted.make("key") }]]))
  yield* Layer.build(
    LiveReader.layer.pipe(Layer.provide(spots), Layer.provide(Layer.succeed(HttpClient.HttpClient, upstream)))
  )
  yield* store(Array.range(1, lives).flatMap((live) => people(1, `live-${live}`)))
  for (const one of yield* claim(lives)) yield* settle(one, yield* settlement({ status: "invited" }))
  yield* TestClock.adjust("10 seconds")
  return asked
})

const listed = LiveCatalog.LiveCatalog.use((catalog) =>
  Effect.map(catalog.list({ limit: 1 }), ({ items: [live] }) => live)
)

/** The Live, once it was read. */
const read = eventually(listed, (live) => live !== undefined && live.readAt !== null)

onEach((test) => {
  test("a Live is asked for by its id, once, and keeps its title and its times", () =>
    Effect.gen(function* () {
      const asked = yield* reading(() => Response.json(launch))
      expect(yield* read).toMatchObject({
        title: "Launch",
        startsAt: DateTime.makeUnsafe(launch.startDate),
        endsAt: DateTime.makeUnsafe(launch.endDate),
        readError: null
      })
      yield* TestClock.adjust("30 seconds")
      expect(asked).toEqual(["GET /v1/lives/live-1"])
    }).pipe(Effect.scoped))

  test("a Live that the upstream does not know keeps its id", () =>
    Effect.gen(function* () {
      yield* reading(() => Response.json({ error: "not found" }, { status: 404 }))
      expect(yield* read).toMatchObject({ title: null, startsAt: null, readError: "LiveNotFound" })
    }).pipe(Effect.scoped))

  test("Lives that can't be read don't hold up the others", () =>
    Effect.gen(function* () {
      const asked = yield* reading(() => Response.json({ error: "not found" }, { status: 404 }), 10)
      yield* eventually(
        Effect.sync(() => asked),
        ({ length }) => length === 10
      )
    }).pipe(Effect.scoped))

  test("an upstream that fails is asked for one Live, and is then left alone for 10 seconds", () =>
    Effect.gen(function* () {
      const asked = yield* reading(() => new Response(null, { status: 503 }), 3)
      const catalog = yield* LiveCatalog.LiveCatalog
      yield* eventually(catalog.list({ limit: 3 }), ({ items }) =>
        items.some(({ readAt }) => readAt !== null)
      )
      yield* TestClock.adjust("9 seconds")
      expect(asked).toHaveLength(1)
    }).pipe(Effect.scoped))

  test("a 429 to a read begins a cooldown of the Spot, for as long as the upstream asks", () =>
    Effect.gen(function* () {
      const control = yield* SpotControl.SpotControl
      yield* reading(() => new Response(null, { status: 429, headers: { "retry-after": "120" } }))
      expect(yield* read).toMatchObject({ readError: "RateLimited" })
      const [spot] = yield* control.all
      const { since, until } = spot?.cooldown ?? expect.unreachable()
      expect(DateTime.toEpochMillis(until) - DateTime.toEpochMillis(since)).toBe(120_000)
    }).pipe(Effect.scoped))
})
