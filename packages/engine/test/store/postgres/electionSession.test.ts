/** What a relay's session says and holds. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import type { SqlConnection } from "effect/sql"
import { TestClock } from "effect/testing"
import { PgClient } from "@effect/sql-pg"
import { open } from "../../../src/store/postgres/electionSession.ts"
import { layerPostgres, postgresDatabase } from "../../databases.ts"
import { eventually } from "../../fixtures.ts"

/** A session, its connection, and what ends it. */
const session = Effect.fnUntraced(function* () {
  const pg = yield* PgClient.PgClient
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const connections: Array<SqlConnection.Connection> = []
  const reserve = Effect.tap(pg.reserve, (connection) => Effect.sync(() => connections.push(connection)))
  const opened = yield* Scope.provide(open({ reserve }), scope)
  const [connection] = connections
  if (connection === undefined) return yield* Effect.die("it has a connection")
  const run = (text: string) => connection.executeValues(text, [])
  return { ...opened, run, end: Scope.close(scope, Exit.void) }
})

/** Statements in a session that is no relay's, which stays open. */
const stranger = Effect.fnUntraced(function* (...statements: ReadonlyArray<string>) {
  const connection = yield* (yield* PgClient.PgClient).reserve
  for (const text of statements) yield* connection.executeRaw(text, [])
  return (text: string) => connection.executeRaw(text, [])
})

const test = (sentence: string, body: Effect.Effect<void, unknown, PgClient.PgClient | Scope.Scope>) =>
  it.live(sentence, () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      yield* Effect.provide(Effect.scoped(body), layerPostgres(url))
    }).pipe(Effect.scoped)
  )

describe("a relay's session on Postgres", () => {
  test(
    "counts the relays on its database, and nothing else that holds a lock",
    Effect.gen(function* () {
      const first = yield* session()
      expect(yield* first.relays).toBe(1)
      yield* stranger("SELECT pg_advisory_lock_shared(7)", "SELECT pg_advisory_lock_shared(1, 7265746)")
      const elsewhere = yield* Layer.build(layerPostgres(yield* postgresDatabase))
      yield* stranger("SELECT pg_advisory_lock_shared(7265746)").pipe(Effect.provide(elsewhere))
      expect(yield* first.relays).toBe(1)
      const second = yield* session()
      expect([yield* first.relays, yield* second.relays]).toEqual([2, 2])
      yield* second.end
      expect(yield* first.relays).toBe(1)
    })
  )

  test(
    "counts no relay that is not there yet, because it still waits",
    Effect.gen(function* () {
      const first = yield* session()
      const [alone, beside] = [yield* stranger(), yield* stranger()]
      yield* Effect.forkScoped(alone("SELECT pg_advisory_lock(7265746)"))
      const waiting = Effect.map(
        // Other tests use other databases of the same server.
        first.run(`SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`),
        ([row]) => row?.[0]
      )
      yield* eventually(waiting, (count) => count === 1)
      yield* Effect.forkScoped(beside("SELECT pg_advisory_lock_shared(7265746)"))
      yield* eventually(waiting, (count) => count === 2)
      expect(yield* first.relays).toBe(1)
    })
  )

  test(
    "locks a Spot that no other one has locked, once, until it unlocks it or ends",
    Effect.gen(function* () {
      const [first, second] = [yield* session(), yield* session()]
      expect(yield* first.tryLock("a")).toBe(true)
      expect(yield* first.tryLock("a")).toBe(true)
      expect(yield* first.tryLock("b")).toBe(true)
      expect([...first.locked]).toEqual(["a", "b"])
      expect(yield* second.tryLock("a")).toBe(false)
      expect([...second.locked]).toEqual([])
      yield* first.unlock("a")
      expect([...first.locked]).toEqual(["b"])
      expect(yield* second.tryLock("a")).toBe(true)
      expect(yield* first.tryLock("a")).toBe(false)
      expect(yield* second.tryLock("b")).toBe(false)
      yield* first.end
      expect(yield* second.tryLock("b")).toBe(true)
    })
  )

  test(
    "is ended by the server after ten silent seconds",
    Effect.gen(function* () {
      const { run } = yield* session()
      expect(yield* run("SHOW idle_session_timeout")).toEqual([["10s"]])
    })
  )

  test(
    "elects nobody where the server is read-only",
    Effect.gen(function* () {
      const { relays, run } = yield* session()
      yield* run("SET default_transaction_read_only = on")
      expect(String(yield* Effect.flip(relays))).toContain("the server is read-only")
    })
  )
})

describe("a relay's connection", () => {
  const unused = Effect.die("it is not used")
  const make = (answers: Pick<SqlConnection.Connection, "executeRaw" | "executeValues">) => ({
    reserve: Effect.succeed<SqlConnection.Connection>({
      execute: () => unused,
      executeUnprepared: () => unused,
      executeValuesUnprepared: () => unused,
      executeStream: () => Stream.die("it is not used"),
      ...answers
    })
  })

  it.effect("elects nobody once another session answers", () =>
    Effect.gen(function* () {
      let process = 1
      const { relays } = yield* open(
        make({
          executeRaw: () => Effect.void,
          executeValues: (text) =>
            Effect.sync(() => [text === "SELECT pg_backend_pid()" ? [process] : [1, process, "off"]])
        })
      )
      expect(yield* relays).toBe(1)
      process = 2
      expect(String(yield* Effect.flip(relays))).toContain("goes through a pooler")
    }).pipe(Effect.scoped)
  )

  it.effect("that no longer answers is given up a second after the relay has stopped", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const mute = make({
        executeRaw: (text) => (text.includes("unlock") ? Effect.never : Effect.void),
        executeValues: () => Effect.succeed([])
      })
      yield* Scope.provide(open(mute), scope)
      const closed = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* TestClock.adjust("999 millis")
      expect(closed.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 milli")
      yield* Fiber.join(closed)
    })
  )
})
