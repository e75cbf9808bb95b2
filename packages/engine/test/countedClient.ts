/** A client that notes each statement that it runs. */
import { Effect, Layer, Predicate } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, Statement } from "effect/sql"
import { PgClient } from "@effect/sql-pg"

/** Of a statement that a connection in this process runs for several rows, one for each row. */
const timesOf = (method: PropertyKey, rows: unknown): number =>
  method === "executeMany" && Array.isArray(rows) ? rows.length : 1

const noting = (connection: SqlConnection.Connection, log: Array<string>): SqlConnection.Connection =>
  new Proxy(connection, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target)
      if (!Predicate.isFunction(value)) return value
      if (!String(key).startsWith("execute")) return value.bind(target)
      return (sql: string, rows: unknown, ...others: ReadonlyArray<unknown>) => {
        for (let times = timesOf(key, rows); times > 0; times--) log.push(sql.replaceAll(/\s+/gu, " "))
        return value.call(target, sql, rows, ...others)
      }
    }
  })

/** Over the connections of the client that is there. Its own statements are not noted. */
export const layerNoting = (log: Array<string>) =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.gen(function* () {
      const client = yield* SqlClient.SqlClient
      const acquirer = Effect.map(client.reserve, (connection) => noting(connection, log))
      return yield* SqlClient.make({
        acquirer,
        prepareTransactionControls: true,
        releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
        driver: client.driver,
        spanAttributes: [],
        ...client.onDialectOrElse({
          pg: () => ({ compiler: PgClient.makeCompiler() }),
          orElse: () => ({ compiler: Statement.makeCompilerSqlite(), beginTransaction: "BEGIN IMMEDIATE" })
        })
      })
    })
  ).pipe(Layer.provide(Reactivity.layer))

/** A transaction, or a statement that writes outside of one, waits for the disk once. */
export const commitsOf = (log: ReadonlyArray<string>): number => {
  let isInside = false
  let commits = 0
  let hasWritten = false
  for (const sql of log) {
    const isWrite = /^(?:INSERT|UPDATE|DELETE)\b|^WITH\b.*\b(?:INSERT INTO|UPDATE|DELETE FROM)\b/u.test(sql)
    if (sql.startsWith("BEGIN")) [isInside, hasWritten] = [true, false]
    else if (sql === "COMMIT" || sql === "ROLLBACK") {
      if (sql === "COMMIT" && hasWritten) commits++
      isInside = false
    } else if (isWrite && isInside) hasWritten = true
    else if (isWrite) commits++
  }
  return commits
}
