import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Redacted, Ref, Scope } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Events, InboxSql, Leadership, SpotControlSql, StoreSql } from "../../src/index.ts"
import * as Postgres from "../../src/store/postgres/Postgres.ts"
import * as PostgresLeadership from "../../src/store/postgres/PostgresLeadership.ts"
import { postgresDatabase } from "../databases.ts"
import { layerInbox } from "../fixtures.ts"

const layerRelay = (url: string) =>
  Layer.fresh(
    PostgresLeadership.layer.pipe(
      Layer.provideMerge(Layer.merge(InboxSql.layer, SpotControlSql.layer)),
      Layer.provide(StoreSql.layer),
      Layer.provide([SecureRandom.layerWebCrypto, Events.layerNone]),
      Layer.provideMerge(Postgres.layer({ url: Redacted.make(url) }))
    )
  )

/** A relay that would lead these Spots; which of them it leads, and under which number. */
const relay = Effect.fnUntraced(function* (url: string, spots: ReadonlyArray<string>) {
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const services = yield* Layer.buildWithScope(layerRelay(url), scope)
  const led = yield* Ref.make<ReadonlyMap<string, number>>(new Map())
  const { lead } = Context.get(services, Leadership.Leadership)
  const work = (spot: string) => (term: number) =>
    Effect.acquireUseRelease(
      Ref.update(led, (all) => new Map([...all, [spot, term]])),
      () => Effect.never,
      () => Ref.update(led, (all) => new Map([...all].filter(([name]) => name !== spot)))
    )
  yield* Effect.forEach(spots, (spot) => Effect.forkIn(lead(spot, work(spot)), scope))
  return { led: Ref.get(led), stop: Scope.close(scope, Exit.void), services }
})

type Relay = Effect.Success<ReturnType<typeof relay>>

/** Looks again until the relays lead as wanted, which they have to within 20 seconds. */
const until = (relays: ReadonlyArray<Relay>, wanted: (counts: ReadonlyArray<number>) => boolean) =>
  Effect.forEach(relays, ({ led }) => Effect.map(led, ({ size }) => size)).pipe(
    Effect.delay("20 millis"),
    Effect.repeat({ until: wanted }),
    Effect.timeout("20 seconds")
  )

const total = (counts: ReadonlyArray<number>) => counts.reduce((sum, count) => sum + count, 0)

describe("relays on one Postgres", () => {
  it.live("lead each Spot once, and take over what one leaves that stops", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const first = yield* relay(url, ["main"])
      yield* until([first], ([count]) => count === 1)
      const term = (yield* first.led).get("main")
      const second = yield* relay(url, ["main"])
      yield* first.stop
      yield* until([second], ([count]) => count === 1)
      expect((yield* second.led).get("main")).toBeGreaterThan(term ?? Infinity)
      expect((yield* first.led).size).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.live("share the Spots, also when one comes later, and one takes all when the other goes", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const spots = ["a", "b", "c", "d", "e"]
      const first = yield* relay(url, spots)
      yield* until([first], ([count]) => count === 5)
      const second = yield* relay(url, spots)
      yield* until([first, second], (counts) => total(counts) === 5 && Math.max(...counts) === 3)
      yield* first.stop
      yield* until([second], ([count]) => count === 5)
    }).pipe(Effect.scoped)
  )

  it.live("whose session is ended by the server leads no more before it is elected again", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const first = yield* relay(url, ["main"])
      yield* until([first], ([count]) => count === 1)
      const term = (yield* first.led).get("main")
      const second = yield* relay(url, ["main"])
      yield* SqlClient.SqlClient.use(
        (sql) =>
          sql`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
      ).pipe(Effect.provide(second.services))
      const leads = Effect.map(Effect.all([first.led, second.led]), (all) =>
        all.flatMap((led) => [...led.values()])
      )
      const [epochNow] = yield* leads.pipe(
        Effect.delay("20 millis"),
        Effect.repeat({
          until: ([lead, ...others]) => lead !== undefined && lead > (term ?? 0) && others.length === 0
        }),
        Effect.timeout("20 seconds")
      )
      expect(epochNow).toBeGreaterThan(term ?? Infinity)
    }).pipe(Effect.scoped)
  )
})

describe("a relay alone", () => {
  it.live("leads at once, and again a second after its work has failed", () =>
    Effect.gen(function* () {
      const { lead } = yield* Leadership.Leadership
      const epochs = yield* Ref.make<ReadonlyArray<number>>([])
      const work = (term: number) =>
        Effect.andThen(
          Ref.update(epochs, (all) => [...all, term]),
          term === 1 ? Effect.fail("lost") : Effect.never
        )
      yield* Effect.forkScoped(lead("main", work))
      const seen = yield* Ref.get(epochs).pipe(
        Effect.delay("20 millis"),
        Effect.repeat({ until: ({ length }) => length === 2 }),
        Effect.timeout("20 seconds")
      )
      expect(seen).toEqual([1, 2])
    }).pipe(Effect.provide(Leadership.layerAlone.pipe(Layer.provideMerge(layerInbox))))
  )
})
