/**
 * The database of an embedded relay, as a service of its own. A program with a `SqlClient` for its own tables can't use
 * the relay's by mistake.
 */
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

/**
 * The relay's `SqlClient`.
 *
 * @category services
 */
export class Database extends Context.Service<Database, SqlClient.SqlClient>()("@usher/engine/Database") {}

/**
 * Provides the current `SqlClient` as the relay's database.
 *
 * @category layers
 */
export const layer: Layer.Layer<Database, never, SqlClient.SqlClient> = Layer.effect(
  Database,
  Effect.map(SqlClient.SqlClient, (sql) => Database.of(sql))
)

/**
 * Provides the relay's database as a `SqlClient`, for layers that read or write its tables.
 *
 * @category layers
 */
export const layerSqlClient: Layer.Layer<SqlClient.SqlClient, never, Database> = Layer.effect(
  SqlClient.SqlClient,
  Effect.map(Database, (sql) => sql)
)
