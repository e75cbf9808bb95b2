/** Transactions that meet each other, on real databases. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Layer, Ref } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { retried, transaction } from "../../../src/store/rows/transaction.ts"
import { databaseFile, layerFile, layerPostgres, postgresDatabase } from "../../databases.ts"

const clientOf = <E>(layer: Layer.Layer<SqlClient.SqlClient, E>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (services) => Context.get(services, SqlClient.SqlClient))

/** Two clients of one database, each with connections of its own. */
const onPostgres = <A, E>(
  test: (sql: SqlClient.SqlClient, other: SqlClient.SqlClient) => Effect.Effect<A, E>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      return yield* test(yield* clientOf(layerPostgres(url)), yield* clientOf(layerPostgres(url)))
    })
  )

const onSqlite = <A, E>(
  test: (sql: SqlClient.SqlClient, other: SqlClient.SqlClient) => Effect.Effect<A, E>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const filename = yield* databaseFile
      return yield* test(yield* clientOf(layerFile(filename)), yield* clientOf(layerFile(filename)))
    })
  )

describe("a transaction that meets another one is retried, on Postgres", () => {
  it.live("after a deadlock", () =>
    onPostgres((sql) =>
      Effect.gen(function* () {
        yield* sql`CREATE TABLE places (id TEXT PRIMARY KEY, taken INT NOT NULL)`
        yield* sql`INSERT INTO places VALUES ('a', 0), ('b', 0)`
        const both = yield* Ref.make(0)
        const met = yield* Deferred.make<void>()
        const take = (...ids: ReadonlyArray<string>) =>
          transaction(sql)(
            Effect.forEach(ids, (id, index) =>
              Effect.gen(function* () {
                yield* sql`UPDATE places SET taken = taken + 1 WHERE id = ${id}`
                if (index > 0) return
                if ((yield* Ref.updateAndGet(both, (count) => count + 1)) === 2)
                  yield* Deferred.succeed(met, undefined)
                yield* Deferred.await(met)
              })
            )
          )
        yield* Effect.all([take("a", "b"), take("b", "a")], { concurrency: "unbounded" })
        expect(yield* sql`SELECT taken FROM places ORDER BY id`).toEqual([{ taken: 2 }, { taken: 2 }])
        // The first of them was a victim: otherwise nothing was retried.
        expect(yield* Ref.get(both)).toBeGreaterThan(2)
      })
    )
  )

  it.live("after a serialization failure", () =>
    onPostgres((sql) =>
      Effect.gen(function* () {
        yield* sql`CREATE TABLE counters (value INT NOT NULL)`
        yield* sql`INSERT INTO counters VALUES (0)`
        const add = transaction(sql)(
          Effect.gen(function* () {
            yield* sql`SET TRANSACTION ISOLATION LEVEL SERIALIZABLE`
            const [row] = yield* sql<{ value: number }>`SELECT value FROM counters`
            yield* sql`UPDATE counters SET value = ${(row?.value ?? 0) + 1}`
          })
        )
        yield* Effect.all([add, add, add], { concurrency: "unbounded" })
        expect(yield* sql`SELECT value FROM counters`).toEqual([{ value: 3 }])
      })
    )
  )

  it.live("after a row that it refers to was deleted meanwhile: it finds another", () =>
    onPostgres((sql, other) =>
      Effect.gen(function* () {
        yield* sql`CREATE TABLE lives (id INT PRIMARY KEY)`
        yield* sql`CREATE TABLE seats (live INT NOT NULL REFERENCES lives (id))`
        yield* sql`INSERT INTO lives VALUES (1), (2)`
        yield* transaction(sql)(
          Effect.gen(function* () {
            const [first] = yield* sql<{ id: number }>`SELECT id FROM lives ORDER BY id LIMIT 1`
            yield* other`DELETE FROM lives WHERE id = 1`
            yield* sql`INSERT INTO seats VALUES (${first?.id ?? 0})`
          })
        )
        expect(yield* sql`SELECT live FROM seats`).toEqual([{ live: 2 }])
      })
    )
  )
})

describe("what can't pass is tried a bounded number of times", () => {
  it.live("a foreign key that nobody mends, on Postgres", () =>
    onPostgres((sql) =>
      Effect.gen(function* () {
        yield* sql`CREATE TABLE lives (id INT PRIMARY KEY)`
        yield* sql`CREATE TABLE seats (live INT NOT NULL REFERENCES lives (id))`
        const tries = yield* Ref.make(0)
        const error = yield* Effect.flip(
          transaction(sql)(
            Effect.andThen(
              Ref.update(tries, (count) => count + 1),
              sql`INSERT INTO seats VALUES (1)`
            )
          )
        )
        expect(SqlError.isSqlError(error)).toBe(true)
        expect(yield* Ref.get(tries)).toBe(6)
      })
    )
  )

  it.live("and a syntax error once, without a retry", () =>
    onPostgres((sql) =>
      Effect.gen(function* () {
        const tries = yield* Ref.make(0)
        yield* Effect.flip(
          retried(
            Effect.andThen(
              Ref.update(tries, (count) => count + 1),
              sql`SELEC 1`
            )
          )
        )
        expect(yield* Ref.get(tries)).toBe(1)
      })
    )
  )
})

describe("on SQLite", () => {
  it.live("a lock that is free again soon is waited for by retries", () =>
    onSqlite((sql, other) =>
      Effect.gen(function* () {
        yield* sql`CREATE TABLE places (id TEXT PRIMARY KEY)`
        yield* other`BEGIN IMMEDIATE`
        yield* Effect.all(
          [
            transaction(sql)(sql`INSERT INTO places VALUES ('a')`),
            Effect.andThen(Effect.yieldNow, other`COMMIT`)
          ],
          { concurrency: "unbounded" }
        )
        expect(yield* sql`SELECT id FROM places`).toEqual([{ id: "a" }])
      })
    )
  )

  it.live("inside another transaction nothing is retried: the outer one is, as a whole", () =>
    onSqlite((sql) =>
      Effect.gen(function* () {
        yield* sql`CREATE TABLE places (id TEXT PRIMARY KEY)`
        yield* sql`INSERT INTO places VALUES ('a')`
        const [outer, inner] = [yield* Ref.make(0), yield* Ref.make(0)]
        const count = (ref: Ref.Ref<number>) => Ref.update(ref, (seen) => seen + 1)
        yield* Effect.flip(
          transaction(sql)(
            Effect.andThen(
              count(outer),
              transaction(sql)(Effect.andThen(count(inner), sql`INSERT INTO places VALUES ('a')`))
            )
          )
        )
        expect([yield* Ref.get(outer), yield* Ref.get(inner)]).toEqual([6, 6])
      })
    )
  )
})
