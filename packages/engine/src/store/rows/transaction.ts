/**
 * Transactions that are retried at once, and what the domain sees when the database fails. A deadlock, a serialization failure, a lock that was not free in time, or a row
 * that another transaction stored or deleted between two statements: the next try does not meet it again.
 */
import { Clock, Effect, Option, Predicate, Random } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { Deposed } from "../../ports/Claiming.ts"
import { NotAPerson } from "../../ports/Forgetting.ts"
import { InboxUnavailable } from "../../ports/Inbox.ts"

/** Tries of one transaction, at most. */
const maxTries = 6

/** In milliseconds since the first try began: no try begins later. SQLite waits for a lock by itself in each of them. */
const maxElapsed = 3_000

/** In milliseconds. The first retry follows at once, the later ones after a random wait up to this, doubled each time. */
const firstWait = 10

/** Runs the effect in a transaction, which is retried as a whole; inside another transaction, in a savepoint of that one. */
export const transaction =
  (sql: SqlClient.SqlClient) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    Effect.flatMap(Effect.serviceOption(sql.transactionService), (outer) =>
      Option.isSome(outer) ? sql.withTransaction(self) : retried(sql.withTransaction(self))
    )

/** Retries what is one transaction: a whole one, or one statement outside of any. */
export const retried = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Clock.currentTimeMillis, (startedAt) => attempt(self, startedAt, 1))

const attempt = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  startedAt: number,
  tries: number
): Effect.Effect<A, E, R> =>
  Effect.catchIf(self, mayPassAtOnce, (error) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      tries >= maxTries || now - startedAt >= maxElapsed
        ? Effect.fail(error)
        : Effect.andThen(wait(error, tries), attempt(self, startedAt, tries + 1))
    )
  )

/** Before a lock that was not free in time is asked for again, the database has waited by itself. */
const wait = (error: unknown, tries: number): Effect.Effect<void> =>
  tries === 1 || (SqlError.isSqlError(error) && error.reason._tag === "LockTimeoutError")
    ? Effect.yieldNow
    : Effect.flatMap(Random.next, (chance) => Effect.sleep(Math.ceil(chance * firstWait * 2 ** (tries - 2))))

/** Whether the same transaction may succeed at once. */
const mayPassAtOnce = (error: unknown): boolean => {
  if (!SqlError.isSqlError(error)) return false
  switch (error.reason._tag) {
    case "DeadlockError":
    case "SerializationError":
    case "LockTimeoutError":
    case "UniqueViolation":
      return true
    case "ConstraintError":
      return isForeignKey(error.reason.cause)
  }
  return false
}

/** By Postgres' code, or by SQLite's. */
const isForeignKey = (cause: unknown): boolean =>
  (Predicate.hasProperty(cause, "code") && cause.code === "23503") ||
  (Predicate.hasProperty(cause, "errcode") && cause.errcode === 787)

/**
 * Whatever the database fails with is, to the domain, that it can't be used now. Also what dies: a transaction whose
 * rollback finds its connection gone is a defect to `SqlClient`.
 */
export const unavailable = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A, InboxUnavailable | Extract<E, Ours>, R> =>
  self.pipe(
    Effect.catchDefect((defect) => (SqlError.isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect))),
    Effect.mapError((cause) => (isOurs<E>(cause) ? cause : new InboxUnavailable({ cause })))
  )

/** What is not the database's doing. */
type Ours = Deposed | NotAPerson

const isOurs = <E>(cause: unknown): cause is InboxUnavailable | Extract<E, Ours> =>
  cause instanceof InboxUnavailable || cause instanceof Deposed || cause instanceof NotAPerson
