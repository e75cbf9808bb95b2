import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The row that is written to find out whether the database can be written. Its values mean nothing. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.onDialectOrElse({
    pg: () => sql`CREATE TABLE probes (id BIGINT PRIMARY KEY, at BIGINT NOT NULL, filler TEXT NOT NULL)`,
    orElse: () =>
      sql`CREATE TABLE probes (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, filler TEXT NOT NULL) STRICT`
  })
  yield* sql.onDialectOrElse({
    // Not compressed, because it has to need room.
    pg: () => sql`ALTER TABLE probes ALTER COLUMN filler SET STORAGE EXTERNAL`,
    orElse: () => Effect.void
  })
})
