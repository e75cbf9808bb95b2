/**
 * Transactions of Postgres whose beginning and end are waited for no longer than a while. The client's own can't be
 * interrupted there, and a connection that was lost without a word would be waited for until the network gives up.
 */
import { Effect, Predicate } from "effect"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import type { PgClient } from "@effect/sql-pg"
import { retire } from "./session.ts"

const patience = "5 seconds"

const failed = (message: string, operation: string) =>
  new SqlError.SqlError({
    reason: new SqlError.ConnectionError({ cause: undefined, message, operation })
  })

/**
 * Not from outside, but by the clock: the client then drops a connection that does not answer. A session that refuses the
 * statement leaves the pool, because it may keep its transaction open.
 */
const control = (connection: SqlConnection.Connection, statement: string) =>
  Effect.interruptible(connection.executeRaw(statement, [])).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(failed(`Postgres gives no answer to ${statement}`, statement))
    }),
    Effect.onError(() => retire(connection))
  )

const rollback = (connection: SqlConnection.Connection) => Effect.asVoid(control(connection, "ROLLBACK"))

/** It answers ROLLBACK where a statement of the transaction had failed. */
const commit = (connection: SqlConnection.Connection) =>
  Effect.flatMap(control(connection, "COMMIT"), (result) =>
    Predicate.hasProperty(result, "command") && result.command === "ROLLBACK"
      ? Effect.fail(failed("the transaction was rolled back", "COMMIT"))
      : Effect.void
  )

/** The same client, with such transactions. */
export const boundedTransactions = (client: PgClient.PgClient): PgClient.PgClient =>
  Object.assign(client, {
    withTransaction: SqlClient.makeWithTransaction({
      transactionService: client.transactionService,
      spanAttributes: [["db.system.name", "postgresql"]],
      acquireConnection: (restore) => restore(client.reserve),
      begin: (connection, statement = "BEGIN") =>
        // It may have begun and been answered too late.
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
