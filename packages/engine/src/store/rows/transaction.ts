/**
 * Runs transactions with retries, and turns database errors into domain errors. A retry can succeed after a deadlock, a
 * serialization failure, a lock timeout, or a row that another transaction stored or deleted between two statements.
 */
import { Clock, Effect, Option, Predicate, Random } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { LeadershipLost } from "../../ports/Claiming.ts"
import { NotAPerson } from "../../ports/Forgetting.ts"
import { InboxUnavailable } from "../../ports/Inbox.ts"

/** The most tries of one transaction. */
const maxTries = 6

/** No try begins later than this many milliseconds after the first. SQLite also waits for a lock within each try. */
const maxElapsed = 3_000

/**
 * In milliseconds. The first retry follows immediately, each later one after a random wait up to this, doubled each
 * time.
 */
const firstWait = 10

/**
 * Runs the effect in a transaction and retries the whole transaction. Inside another transaction it becomes a savepoint.
 */
export const transaction =
  (sql: SqlClient.SqlClient) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    Effect.flatMap(Effect.serviceOption(sql.transactionService), (outer) =>
      Option.isSome(outer) ? sql.withTransaction(self) : retried(sql.withTransaction(self))
    )

/** Retries a whole transaction, or one statement outside of a transaction. */
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

/** After a lock timeout, the database itself has already waited. */
const wait = (error: unknown, tries: number): Effect.Effect<void> =>
  tries === 1 || (SqlError.isSqlError(error) && error.reason._tag === "LockTimeoutError")
    ? Effect.yieldNow
    : Effect.flatMap(Random.next, (chance) => Effect.sleep(Math.ceil(chance * firstWait * 2 ** (tries - 2))))

/** Whether an immediate retry of the transaction may succeed. */
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

/** A foreign key violation, by Postgres' code or SQLite's. */
const isForeignKey = (cause: unknown): boolean =>
  (Predicate.hasProperty(cause, "code") && cause.code === "23503") ||
  (Predicate.hasProperty(cause, "errcode") && cause.errcode === 787)

/**
 * Turns every database error into `InboxUnavailable`, including defects: a transaction whose rollback has lost its
 * connection is a defect to `SqlClient`.
 */
export const toInboxUnavailable = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A, InboxUnavailable | Extract<E, Ours>, R> =>
  self.pipe(
    Effect.catchDefect((defect) => (SqlError.isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect))),
    Effect.mapError((cause) => (isOurs<E>(cause) ? cause : new InboxUnavailable({ cause })))
  )

/** Errors that the database does not cause. */
type Ours = LeadershipLost | NotAPerson

const isOurs = <E>(cause: unknown): cause is InboxUnavailable | Extract<E, Ours> =>
  cause instanceof InboxUnavailable || cause instanceof LeadershipLost || cause instanceof NotAPerson
