/** The durability settings of the store. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export type Durability =
  | { readonly kind: "sqlite"; readonly journalMode: string; readonly synchronous: string }
  | {
      readonly kind: "postgres"
      readonly version: string
      readonly fsync: string
      readonly synchronousCommit: string
    }

/** The levels by SQLite's numbers. */
const levels = ["off", "normal", "full", "extra"]

/** Reads the settings on a connection opened like those of the relay. */
export const read = SqlClient.SqlClient.use((sql) =>
  sql.onDialectOrElse({ pg: () => readPostgres(sql), orElse: () => readSqlite(sql) })
)

const readSqlite = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [journal] = yield* sql<{ journal_mode: string }>`PRAGMA journal_mode`
  const [level] = yield* sql<{ synchronous: number }>`PRAGMA synchronous`
  const durability: Durability = {
    kind: "sqlite",
    journalMode: journal?.journal_mode ?? "unknown",
    synchronous: levels[level?.synchronous ?? -1] ?? "unknown"
  }
  return durability
})

const readPostgres = (sql: SqlClient.SqlClient) =>
  Effect.map(
    sql<Record<"version" | "fsync" | "synchronousCommit", string>>`SELECT
      current_setting('server_version') AS version, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS "synchronousCommit"`,
    ([row]): Durability => ({
      kind: "postgres",
      ...(row ?? { version: "unknown", fsync: "unknown", synchronousCommit: "unknown" })
    })
  )

/** Whether acknowledged deliveries survive a power failure. */
export const survivesPowerCut = (durability: Durability): boolean =>
  durability.kind === "sqlite"
    ? durability.synchronous === "full" || durability.synchronous === "extra"
    : durability.fsync === "on" && !["off", "unknown"].includes(durability.synchronousCommit)

export const describe = (durability: Durability): string =>
  durability.kind === "sqlite"
    ? `SQLite, journal_mode=${durability.journalMode}, synchronous=${durability.synchronous}`
    : `Postgres ${durability.version}, fsync=${durability.fsync}, synchronous_commit=${durability.synchronousCommit}`
