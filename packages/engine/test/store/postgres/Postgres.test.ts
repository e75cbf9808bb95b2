import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, PubSub, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Events, Inbox, InboxSql, Operations, OperationsSql, StoreSql } from "../../../src/index.ts"
import * as Postgres from "../../../src/store/postgres/Postgres.ts"
import { postgresDatabase } from "../../databases.ts"
import { claim, settle, settlement } from "../../dispatching.ts"
import { delivery, people, store } from "../../fixtures.ts"

/** One of several relays on a database, with pools and signals of its own. */
const relay = (url: string) =>
  Effect.map(
    Layer.build(
      Layer.fresh(
        Layer.merge(InboxSql.layer, OperationsSql.layer).pipe(
          Layer.provide(StoreSql.layer),
          Layer.provide([SecureRandom.layerWebCrypto, Events.layerNone]),
          Layer.provideMerge(Postgres.layer({ url: Redacted.make(url) }))
        )
      )
    ),
    (services) => ({
      services,
      run: <A, E>(effect: Effect.Effect<A, E, Inbox.Inbox | Operations.Operations | SqlClient.SqlClient>) =>
        Effect.provide(effect, services)
    })
  )

const accept = (deliveryId: string) => Inbox.Inbox.use((inbox) => inbox.accept(delivery({ deliveryId })))

/** Until something is heard, for a test that would wait for ever. */
const heard = (subscription: PubSub.Subscription<unknown>) =>
  Effect.timeoutOption(PubSub.take(subscription), "10 seconds")

/** Until so many connections listen. */
const listening = (count: number) =>
  SqlClient.SqlClient.use(
    (sql) => sql`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`
  ).pipe(Effect.delay("10 millis"), Effect.repeat({ until: (found) => found.length >= count }))

describe("several relays on one Postgres", () => {
  it.live("wake each other, and again after the connection was lost", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const one = yield* relay(url)
      const other = yield* relay(url)
      yield* other.run(listening(2))
      const signals = yield* Effect.provide(
        Effect.flatMap(Inbox.Inbox, (inbox) => inbox.signals("received")),
        one.services
      )
      yield* other.run(accept("1"))
      expect(yield* heard(signals)).toEqual(Option.some("received"))

      yield* other.run(
        SqlClient.SqlClient.use(
          (sql) =>
            sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`
        )
      )
      expect(yield* heard(signals)).toEqual(Option.some("received"))
      yield* other.run(Effect.andThen(listening(2), accept("2")))
      expect(yield* heard(signals)).toEqual(Option.some("received"))
    }).pipe(Effect.scoped)
  )

  it.live("store each delivery once, whoever gets it, and never lock each other out", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const relays = [yield* relay(url), yield* relay(url), yield* relay(url)]
      const ids = Array.from({ length: 600 }, (_, index) => `${index}`)
      const orders = [ids, ids.toReversed(), ids.toSorted()]
      const accepted = yield* Effect.forEach(
        relays,
        ({ run }, at) => Effect.forEach(orders[at] ?? [], (id) => run(accept(id)), { concurrency: 200 }),
        { concurrency: "unbounded" }
      )
      const all = accepted.flat()
      expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(600)
      expect(new Set(all.map(({ id }) => id)).size).toBe(600)
    }).pipe(Effect.scoped)
  )

  it.live("link all bodies with one id to one of them, and know a body without an id once", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const relays = [yield* relay(url), yield* relay(url), yield* relay(url)]
      const bodies = Array.from({ length: 64 }, (_, index) => new TextEncoder().encode(`seat ${index}`))
      const orders = [bodies, bodies.toReversed(), [...bodies.slice(32), ...bodies.slice(0, 32)]]
      for (const deliveryId of ["one id", null]) {
        const accepted = yield* Effect.forEach(
          relays,
          ({ run }, at) =>
            Effect.forEach(
              orders[at] ?? [],
              (body) => run(Inbox.Inbox.use((inbox) => inbox.accept(delivery({ deliveryId, body })))),
              { concurrency: 20 }
            ),
          { concurrency: "unbounded" }
        )
        const all = accepted.flat()
        expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(64)
        expect(new Set(all.map(({ id }) => id)).size).toBe(64)
      }
      const stored = yield* (relays[0] ?? (yield* relay(url))).run(
        Inbox.Inbox.use((inbox) => inbox.received(200))
      )
      const named = stored.filter(({ deliveryId }) => deliveryId !== null)
      const firsts = named.filter(({ firstWebhookId }) => firstWebhookId === null)
      expect([named.length, firsts.length]).toEqual([64, 1])
      expect(new Set(named.map(({ firstWebhookId }) => firstWebhookId))).toEqual(
        new Set([null, firsts[0]?.id])
      )
    }).pipe(Effect.scoped)
  )

  it.live("make one invitation of what both map, and send it once", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const relays = [yield* relay(url), yield* relay(url)]
      yield* Effect.forEach(
        relays,
        ({ run }, at) =>
          Effect.forEach(
            Array.from({ length: 30 }, (_, index) => index),
            (index) => run(store(people(20), { deliveryId: `${at}-${index}` })),
            { concurrency: 10 }
          ),
        { concurrency: "unbounded" }
      )
      const drain = Effect.gen(function* () {
        const sent: Array<string> = []
        for (let claims = yield* claim(3); claims.length > 0; claims = yield* claim(3)) {
          for (const one of claims) {
            if (yield* settle(one, yield* settlement({ status: "invited" }))) sent.push(one.id)
          }
        }
        return sent
      })
      const sent = (yield* Effect.forEach(relays, ({ run }) => run(drain), {
        concurrency: "unbounded"
      })).flat()
      expect(sent).toHaveLength(20)
      expect(new Set(sent).size).toBe(20)
    }).pipe(Effect.scoped)
  )

  it.live("migrate once when they start at the same time", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const relays = yield* Effect.replicateEffect(relay(url), 4, { concurrency: "unbounded" })
      yield* Effect.forEach(relays, ({ run }) => run(accept("1")))
      const { run } = yield* Effect.fromNullishOr(relays[0])
      expect(
        yield* run(SqlClient.SqlClient.use((sql) => sql`SELECT count(*)::int AS count FROM settings`))
      ).toEqual([{ count: 1 }])
    }).pipe(Effect.scoped)
  )
})

describe("a Postgres that can't be reached", () => {
  it.live("fails the start with its address and without its password", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(relay("postgres://usher:the-password@127.0.0.1:1/usher"))
      expect(error).toBeInstanceOf(Inbox.InboxUnavailable)
      expect(error.message).toMatch(/ECONNREFUSED 127.0.0.1:1/)
      expect(JSON.stringify(error) + String(error)).not.toContain("the-password")
    }).pipe(Effect.scoped)
  )
})
