/** A connection of the pool as an effect `Connection`. It reports each failed statement to the pool. */
import { Effect, Stream } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"
import type { PgConnection } from "@effect/sql-pg"
import type { Pool } from "./pool.ts"

type Transform = Parameters<SqlConnection.Connection["execute"]>[2]

export class Session implements SqlConnection.Connection {
  readonly #pool: Pool
  readonly #connection: PgConnection.PgConnection
  readonly #judge: (error: SqlError.SqlError) => Effect.Effect<void>

  constructor(pool: Pool, connection: PgConnection.PgConnection) {
    this.#pool = pool
    this.#connection = connection
    this.#judge = (error) => pool.judge(connection, error)
  }

  /** Takes it out of the pool, once its present user has finished. */
  get retire(): Effect.Effect<void> {
    return this.#pool.retire(this.#connection)
  }

  execute(sql: string, params: ReadonlyArray<unknown>, transform: Transform) {
    return this.#rows(sql, params, transform, true)
  }

  executeUnprepared(sql: string, params: ReadonlyArray<unknown>, transform: Transform) {
    return this.#rows(sql, params, transform, false)
  }

  executeRaw(sql: string, params: ReadonlyArray<unknown>) {
    return this.#judged(this.#connection.query(sql, params))
  }

  executeValues(sql: string, params: ReadonlyArray<unknown>) {
    return this.#judged(this.#connection.queryValues(sql, params))
  }

  executeValuesUnprepared(sql: string, params: ReadonlyArray<unknown>) {
    return this.#judged(this.#connection.queryValues(sql, params, false))
  }

  executeStream(sql: string, params: ReadonlyArray<unknown>, transform: Transform) {
    const stream = Stream.tapError(this.#connection.stream(sql, params), this.#judge)
    return transform === undefined ? stream : Stream.mapArray(stream, (rows) => nonEmpty(transform(rows)))
  }

  #rows(sql: string, params: ReadonlyArray<unknown>, transform: Transform, prepare: boolean) {
    return Effect.map(this.#judged(this.#connection.query(sql, params, prepare)), ({ rows }) =>
      transform === undefined ? rows : transform(rows)
    )
  }

  #judged<A>(statement: Effect.Effect<A, SqlError.SqlError>) {
    return Effect.tapError(statement, this.#judge)
  }
}

/** Retires the session of a connection, if it belongs to the pool. */
export const retire = (connection: SqlConnection.Connection): Effect.Effect<void> =>
  connection instanceof Session ? connection.retire : Effect.void

type NonEmpty<A> = readonly [A, ...ReadonlyArray<A>]

/** A transformation keeps the number of rows. */
const nonEmpty = <A>(rows: ReadonlyArray<A>) => rows as NonEmpty<A>
