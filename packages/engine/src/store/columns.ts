/** The types of columns on each database, for migrations. */
import type { SqlClient } from "effect/sql"

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
