/** The driver's client, on a pool that watches the errors of each session's statements. */
import { Effect, Exit, Scope } from "effect"
import type { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlError, Statement } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import * as Pool from "./pool.ts"
import { Session } from "./session.ts"

const json = Statement.custom<PgClient.PgCustom>("PgJson")

/** Options of the client. */
export type Options = PgClient.PgPoolConfig & Pick<Pool.Config, "isReadOnly">

export const make = Effect.fnUntraced(function* (
  config: Options
): Effect.fn.Return<PgClient.PgClient, SqlError.SqlError, Scope.Scope | Reactivity.Reactivity> {
  const pool = yield* Pool.make(config)
  const acquirer = Effect.map(pool.get, (connection) => new Session(pool, connection))
  const client = yield* SqlClient.make({
    acquirer,
    borrower: (use) => Effect.scoped(Effect.flatMap(acquirer, use)),
    transactionAcquirer: Effect.map(pool.reserve, (connection) => new Session(pool, connection)),
    compiler: PgClient.makeCompiler(config.transformQueryNames, config.transformJson),
    driver: "pg",
    prepareTransactionControls: true,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    spanAttributes: Object.entries({ "db.system.name": "postgresql", ...config.spanAttributes }),
    ...(config.transformResultNames === undefined
      ? {}
      : {
          transformRows: Statement.defaultTransforms(config.transformResultNames, config.transformJson).array
        })
  })
  return Object.assign(client, {
    [PgClient.TypeId]: PgClient.TypeId,
    config,
    json: (value: unknown) => Statement.fragment([json(value)]),
    /**
     * Listens on a session of its own, which is not reused, because it may hear nothing any more. Its end is not
     * awaited, because it may not answer.
     */
    listen: (channel: string) =>
      Effect.gen(function* () {
        const scope = yield* Effect.acquireRelease(Scope.make(), (scope) =>
          Effect.forkDetach(Scope.close(scope, Exit.void))
        )
        const connection = yield* Scope.provide(pool.reserve, scope)
        yield* Effect.addFinalizer(() => pool.retire(connection))
        return yield* Scope.provide(connection.listen(channel), scope)
      }),
    notify: (channel: string, payload: string) =>
      Effect.asVoid(
        Effect.scoped(
          Effect.flatMap(acquirer, (session) =>
            session.executeRaw("SELECT pg_notify($1, $2)", [channel, payload])
          )
        )
      )
  })
})
