/**
 * Limits how long a Postgres transaction waits for its begin and end. The client's own can't be interrupted there, so a
 * lost connection would block until the network times out.
 */
import { Effect, Predicate } from "effect"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import type { PgClient } from "@effect/sql-pg"
import { retire } from "./session.ts"

const statementTimeout = "5 seconds"

const failed = (message: string, operation: string) =>
  new SqlError.SqlError({
    reason: new SqlError.ConnectionError({ cause: undefined, message, operation })
  })

/**
 * Runs a statement with a timeout: the client then drops a connection that does not answer. A session that refuses the
 * statement leaves the pool, because its transaction may still be open.
 */
const control = (connection: SqlConnection.Connection, statement: string) =>
  Effect.interruptible(connection.executeRaw(statement, [])).pipe(
    Effect.timeoutOrElse({
      duration: statementTimeout,
      orElse: () => Effect.fail(failed(`Postgres did not answer ${statement}`, statement))
    }),
    Effect.onError(() => retire(connection))
  )

const rollback = (connection: SqlConnection.Connection) => Effect.asVoid(control(connection, "ROLLBACK"))

/** Postgres answers ROLLBACK if a statement of the transaction had failed. */
const commit = (connection: SqlConnection.Connection) =>
  Effect.flatMap(control(connection, "COMMIT"), (result) =>
    Predicate.hasProperty(result, "command") && result.command === "ROLLBACK"
      ? Effect.fail(failed("the transaction was rolled back", "COMMIT"))
      : Effect.void
  )

/** Replaces the client's transactions by bounded ones. */
export const boundedTransactions = (client: PgClient.PgClient): PgClient.PgClient =>
  Object.assign(client, {
    withTransaction: SqlClient.makeWithTransaction({
      transactionService: client.transactionService,
      spanAttributes: [["db.system.name", "postgresql"]],
      acquireConnection: (restore) => restore(client.reserve),
      begin: (connection, statement = "BEGIN") =>
        // It may have begun, with a late answer.
        control(connection, statement).pipe(
          Effect.onError(() => Effect.ignore(rollback(connection))),
          Effect.asVoid
        ),
      savepoint: (connection, id) => Effect.asVoid(control(connection, `SAVEPOINT usher_${id}`)),
      releaseSavepoint: (connection, id) =>
        Effect.asVoid(control(connection, `RELEASE SAVEPOINT usher_${id}`)),
      commit,
      rollback,
      rollbackSavepoint: (connection, id) =>
        Effect.asVoid(control(connection, `ROLLBACK TO SAVEPOINT usher_${id}`))
    })
  })
