/** An embedded relay as its program composes it, on each database. */
import { describe, expect, it } from "@effect/vitest"
import { Cause, Context, Duration, Effect, Exit, Layer, Option, Redacted, Stream } from "effect"
import { HttpClient, HttpClientResponse, HttpRouter } from "effect/http"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Secret, Senders } from "@usher/signatures"
import { SqliteClient } from "@usher/sqlite"
import {
  type Embedding,
  Health,
  MetricsPage,
  Operations,
  Quarantine,
  RelaySqlite,
  SpotControl
} from "../../src/index.ts"
import * as RelayPostgres from "../../src/relay/RelayPostgres.ts"
import { databaseFile, postgresDatabase } from "../databases.ts"
import { alice, eventually, makeSource, post, postForId, serve, spotKey, untilStatus } from "../fixtures.ts"

const accepts = () => new Response(null, { status: 200 })

/** The upstream in place of the program's `HttpClient`. */
const upstream = (answer: () => Response) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, answer())))
  )

type Options = Partial<Embedding.Options<ReturnType<typeof makeSource>>>

const given = (options: Options = {}) => ({
  sources: [makeSource()],
  spots: { main: { secretKey: Redacted.make(spotKey) } },
  ...options
})

const databases = {
  SQLite: (options?: Options) =>
    Layer.unwrap(Effect.map(databaseFile, (filename) => RelaySqlite.layer({ filename, ...given(options) }))),
  Postgres: (options?: Options) =>
    Layer.unwrap(
      Effect.map(postgresDatabase, (url) =>
        RelayPostgres.layer({ url: Redacted.make(url), maxConnections: 4, ...given(options) })
      )
    )
}

const served = <E>(
  relay: Layer.Layer<Embedding.Services, E, HttpRouter.HttpRouter | HttpClient.HttpClient>,
  answer = accepts
) =>
  serve(
    Layer.merge(Health.layer, MetricsPage.layer).pipe(
      Layer.provideMerge(relay),
      Layer.provide(upstream(answer))
    )
  )

const text = (path: string) =>
  Effect.flatMap(HttpClient.get(path), (response) =>
    Effect.map(response.text, (body) => ({ status: response.status, body }))
  )

describe.each(Object.entries(databases))("an embedded relay on %s", (_, relay) => {
  it.live("invites, and tells its health and its metrics", () =>
    Effect.gen(function* () {
      const id = yield* postForId()
      yield* untilStatus(id, "already_invited")
      expect(yield* text("/healthz")).toMatchObject({ status: 200 })
      const ready = yield* text("/readyz")
      expect(ready.status).toBe(200)
      expect(JSON.parse(ready.body)).toMatchObject({
        status: "ready",
        checks: [{ name: "database" }, { name: "migrations" }],
        notices: []
      })
      const metrics = yield* text("/metrics")
      expect(metrics.body).toContain("usher_invitations_total")
      expect(metrics.body).not.toContain(alice.member)
    }).pipe(Effect.provide(served(relay())))
  )

  it.live("keeps what does not verify, until somebody releases it", () =>
    Effect.gen(function* () {
      expect((yield* post({ secret: `whsec_${btoa("a wrong secret")}` })).status).toBe(401)
      const quarantine = yield* Quarantine.Quarantine
      const { items } = yield* quarantine.list({}, { limit: 10 })
      expect(items).toMatchObject([{ source: "form", reason: "NoSecretMatches" }])
      const ids = items.map(({ id }) => id)
      yield* quarantine.release({ ids }, { by: "test", unverified: true })
      const operations = yield* Operations.Operations
      const { items: webhooks } = yield* operations.searchWebhooks({}, { limit: 10 })
      yield* untilStatus(webhooks[0]?.id ?? "", "already_invited")
    }).pipe(Effect.provide(served(relay())))
  )

  it.live("replays dead letters, and resumes a Spot that was paused", () => {
    let status = 400
    return Effect.gen(function* () {
      const operations = yield* Operations.Operations
      const control = yield* SpotControl.SpotControl
      const id = yield* postForId()
      yield* untilStatus(id, "rejected")
      status = 200
      yield* control.pause("main", "operator", "maintenance")
      yield* Stream.runDrain(operations.replay({ all: true }))
      expect(yield* operations.invitations(id)).toMatchObject([{ status: "pending" }])
      yield* control.resume("main")
      yield* untilStatus(id, "already_invited")
    }).pipe(
      Effect.provide(
        served(relay(), () =>
          status === 200 ? accepts() : new Response('{"message":"no"}', { status, headers: json })
        )
      )
    )
  })
})

const json = { "content-type": "application/json" }

describe("an embedded relay", () => {
  const { SQLite: relay } = databases

  /** A webhook of day 0 and one of day 3 are mapped and their people invited. On a later day, a relay starts on the file. */
  const startedOn = Effect.fnUntraced(function* (day: number, options: Options) {
    const filename = yield* databaseFile
    const on = (options?: Options) => served(RelaySqlite.layer({ filename, ...given(options) }))
    const invitedOn = Effect.fnUntraced(function* (day: number, email: string) {
      yield* TestClock.setTime(Duration.toMillis(Duration.days(day)))
      return yield* Effect.gen(function* () {
        const id = yield* postForId({ id: `msg-${day}`, body: JSON.stringify({ live: "live-1", email }) })
        yield* untilStatus(id, "already_invited")
        return id
      }).pipe(Effect.provide(on()))
    })
    const ids = [yield* invitedOn(0, "alice@example.com"), yield* invitedOn(3, "bob@example.com")] as const
    yield* TestClock.setTime(Duration.toMillis(Duration.days(day)))
    return { operations: Context.get(yield* Layer.build(on(options)), Operations.Operations), ids }
  })

  it.effect("deletes the bodies of webhooks after 90 days, and no invitation", () =>
    Effect.gen(function* () {
      const { operations, ids } = yield* startedOn(91, {})
      const purged = yield* eventually(operations.webhook(ids[0]), (webhook) => webhook?.status === "purged")
      expect(purged?.body).toHaveLength(0)
      expect((yield* operations.webhook(ids[1]))?.status).toBe("mapped")
      const { items } = yield* operations.searchInvitations({}, { limit: 10 })
      expect(items).toHaveLength(2)
    }).pipe(Effect.scoped)
  )

  it.effect("deletes ended invitations when it is told how long to keep them", () =>
    Effect.gen(function* () {
      const { operations, ids } = yield* startedOn(31, { purge: { invitations: Duration.days(30) } })
      yield* eventually(operations.invitations(ids[0]), (all) => all.length === 0)
      expect(yield* operations.invitations(ids[1])).toHaveLength(1)
      expect((yield* operations.webhook(ids[0]))?.status).toBe("mapped")
    }).pipe(Effect.scoped)
  )

  it.live("keeps no refused delivery without a quarantine", () =>
    Effect.gen(function* () {
      expect((yield* post({ secret: `whsec_${btoa("a wrong secret")}` })).status).toBe(401)
      const { items } = yield* Quarantine.Quarantine.use((quarantine) => quarantine.list({}, { limit: 1 }))
      expect(items).toEqual([])
    }).pipe(Effect.provide(served(relay({ quarantine: false }))))
  )

  it.live("shares nothing with another one in the same program, nor its database with the program", () =>
    Effect.gen(function* () {
      const one = yield* Layer.build(served(relay()))
      const other = yield* Layer.build(served(relay()))
      const id = yield* Effect.provide(postForId(), one)
      yield* Effect.provide(untilStatus(id, "already_invited"), one)
      const elsewhere = Operations.Operations.use((operations) => operations.webhook(id))
      expect(yield* Effect.provide(elsewhere, other)).toBeUndefined()
      const own = SqliteClient.layer({ filename: ":memory:" })
      const tables = SqlClient.SqlClient.use((sql) => sql`SELECT name FROM sqlite_master`)
      expect(yield* Effect.provide(tables, Layer.provideMerge(served(relay()), own))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("is alone on its file", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      const layer = () => served(RelaySqlite.layer({ filename, ...given() }))
      yield* Layer.build(layer())
      const second = yield* Effect.exit(Layer.build(layer()))
      expect(Exit.isFailure(second) && Cause.pretty(second.cause)).toContain("is in use by")
    }).pipe(Effect.scoped)
  )

  it.live("invites with several Spots, each by its own key", () => {
    const keys: Array<string | undefined> = []
    const client = Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.sync(() => {
          keys.push(request.headers["authorization"])
          return HttpClientResponse.fromWeb(request, accepts())
        })
      )
    )
    const spots = {
      sales: { secretKey: Redacted.make("key-of-sales") },
      support: { secretKey: Redacted.make("key-of-support") }
    }
    const sources = [
      makeSource({ name: "sales-form", spot: "sales" }),
      makeSource({ name: "support-form", spot: "support" })
    ]
    return Effect.gen(function* () {
      const ids = [yield* postForId({ source: "sales-form" }), yield* postForId({ source: "support-form" })]
      for (const id of ids) yield* untilStatus(id, "already_invited")
      expect(keys.toSorted()).toEqual(["key-of-sales", "key-of-support"])
    }).pipe(Effect.provide(serve(relay({ sources, spots }).pipe(Layer.provide(client)))))
  })

  const twilio = makeSource({
    sender: Option.getOrThrow(Senders.get("twilio")),
    secrets: [Secret.make("the auth token")]
  })

  it.effect.each([
    ["two sources of one name", { sources: [makeSource(), makeSource()] }, 'sources: two are named "form"'],
    [
      "a source whose Spot is unknown",
      { sources: [makeSource({ spot: "sales" })] },
      'sources: "form" invites with the Spot "sales", and spots has only main'
    ],
    ["a name that no path can have", { sources: [makeSource({ name: "a/b" })] }, `sources: "a/b" can't`],
    ["a sender that signs a URL", { sources: [twilio] }, 'publicUrl: the sender of "form" signs the URL'],
    ["a URL with a slash at its end", { publicUrl: "https://hooks.example.com/" }, "publicUrl: expected"]
  ] as const)("refuses %s, and says which option it is", ([, options, sentence]) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Layer.build(served(relay(options))))
      expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain(`RelaySqlite.layer: ${sentence}`)
    }).pipe(Effect.scoped)
  )
})
