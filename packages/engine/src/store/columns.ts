/** Columns in migrations: their types on each database, and a migration that only adds one. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A migration that adds a column. Rows that exist have null in it. */
export const addColumn = (
  table: string,
  column: string,
  type: keyof ReturnType<typeof columnTypes> | "text"
) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const definition = type === "text" ? sql.literal("TEXT") : columnTypes(sql)[type]
    yield* sql`ALTER TABLE ${sql(table)} ADD COLUMN ${sql(column)} ${definition}`
  })

export const columnTypes = (sql: SqlClient.SqlClient) => {
  const type = sql.onDialectOrElse({
    // Ids compare byte by byte, as on SQLite.
    pg: () => ({ id: 'TEXT COLLATE "C"', bytes: "BYTEA", whole: "BIGINT", small: "SMALLINT", strict: "" }),
    orElse: () => ({ id: "TEXT", bytes: "BLOB", whole: "INTEGER", small: "INTEGER", strict: "STRICT" })
  })
  return {
    id: sql.literal(type.id),
    bytes: sql.literal(type.bytes),
    whole: sql.literal(type.whole),
    small: sql.literal(type.small),
    strict: sql.literal(type.strict)
  }
}
