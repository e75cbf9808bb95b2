/**
 * A pool of Postgres sessions that a session leaves once it is of no more use. The driver's own pool drops only sessions
 * whose connection ended; after a failover, a session on the former primary still answers, and would fail every write.
 */
import { Clock, Duration, Effect, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import { type PgConnection, PgPool } from "@effect/sql-pg"
import { isBroken, readOnly, sqlState } from "./broken.ts"

/** A name that has moved to another server is followed within this time, even if the former server still takes writes. */
const longestLife = Duration.minutes(10)

/** A server that can only be read is not connected to more often than this, for each session. */
const leastLife = Duration.toMillis(Duration.seconds(1))

export interface Pool {
  readonly config: PgPool.Config
  /** One session until the scope closes. */
  readonly get: Effect.Effect<PgConnection.PgConnection, SqlError.SqlError, Scope.Scope>
  /** The same, for statements that belong together. */
  readonly reserve: Effect.Effect<PgConnection.PgConnection, SqlError.SqlError, Scope.Scope>
  /** Takes a session out of the pool, once its present user is done with it. */
  readonly retire: (session: PgConnection.PgConnection) => Effect.Effect<void>
  /** Retires a session if its statement has failed in a way that its next one would fail in too. */
  readonly judge: (session: PgConnection.PgConnection, error: SqlError.SqlError) => Effect.Effect<void>
}

export const make = Effect.fnUntraced(function* (config: PgPool.Config) {
  const clock = yield* Clock.Clock
  const pool = yield* PgPool.make({ connectionTTL: longestLife, ...config })
  /** When a session was first used, by a clock that nobody sets. */
  const firstUse = new WeakMap<PgConnection.PgConnection, number>()
  /** Sessions that were first used before are those of a server that can only be read. */
  let suspectBefore = -Infinity

  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

  const isSuspect = (session: PgConnection.PgConnection) => {
    const since = firstUse.get(session)
    if (since === undefined) firstUse.set(session, now())
    return since !== undefined && since < suspectBefore
  }

  const get: Pool["get"] = Effect.flatMap(pool.get, (session) =>
    isSuspect(session)
      ? Effect.andThen(
          pool.invalidate(session),
          Effect.suspend(() => get)
        )
      : Effect.succeed(session)
  )

  const judge: Pool["judge"] = (session, error) => {
    const state = sqlState(error)
    if (!isBroken(state)) return Effect.void
    if (state !== readOnly) return pool.invalidate(session)
    // The others are of the same server, most likely: none of them has to fail first.
    suspectBefore = Math.max(suspectBefore, now() - leastLife)
    return Effect.void
  }

  const made: Pool = {
    config,
    get,
    reserve: Effect.flatMap(get, (session) => session.pin),
    retire: pool.invalidate,
    judge
  }
  return made
})
